// What a connection to a Redis server begins with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bakeoff::workloads {

/// User and password go to the server and nowhere else: into no row, no message and no command line.
struct Login {
  std::string user{};  ///< "": the server's default user.
  std::string password{};
  std::optional<std::uint32_t> database{};  ///< Absent: none is selected, which is 0.

  bool authenticates() const { return !user.empty() || !password.empty(); }
  bool wanted() const { return authenticates() || database.has_value(); }
};

}  // namespace bakeoff::workloads
