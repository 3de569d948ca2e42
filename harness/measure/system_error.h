// What the system refused, as an exception that names what was being tried.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace bakeoff::measure {

/// `code` is an errno; by default the one that the last call has left.
[[noreturn]] inline void throw_system_error(const std::string& what, int code = errno) {
  throw std::system_error(code, std::generic_category(), what);
}

}  // namespace bakeoff::measure
