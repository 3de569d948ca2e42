// The sessions of a partly open load (Schroeder, Wierman and Harchol-Balter, "Open versus closed: a cautionary tale",
// NSDI 2006): users arrive whatever the server does, and each of them opens a connection, asks, thinks, asks again when
// the reply has come, and leaves. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace bakeoff::load {

/// How many requests a session has.
class SessionLength {
 public:
  /// "fixed:N", or "geometric:MEAN": a user stays for another request with the same probability after each reply. 1 to
  /// 100,000. Throws std::invalid_argument in one line.
  explicit SessionLength(std::string_view text);

  /// That of session `number` of the seed's load; at least 1.
  std::uint64_t requests(std::uint64_t seed, std::uint64_t number) const;
  double mean() const { return mean_; }

 private:
  bool geometric_ = false;
  double mean_ = 1;
};

}  // namespace bakeoff::load
