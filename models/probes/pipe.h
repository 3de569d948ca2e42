// Both ends of a pipe.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "models/net.h"

namespace bakeoff::models::probes {

struct Pipe {
  Descriptor read_end, write_end;
};

/// Throws std::system_error. `flags` are those of pipe2().
inline Pipe make_pipe(int flags = O_CLOEXEC) {
  int ends[2];
  if (::pipe2(ends, flags) != 0) throw std::system_error(errno, std::generic_category(), "make a pipe (pipe2)");
  return {.read_end = Descriptor(ends[0]), .write_end = Descriptor(ends[1])};
}

}  // namespace bakeoff::models::probes
