// When the requests of an open load are due. Pure: the same shape and seed give the same times on every machine, and
// however many threads share the load.
//
// Request k has a position on an axis of expected requests: k itself at a constant rate, the sum of k exponential draws
// of mean 1 for Poisson arrivals. The rate turns positions into times: t with integral of rate from 0 to t = position.
// A generator thread takes every n-th request of the one sequence, so that all of them together offer exactly that
// sequence.
#pragma once

#include <cstdint>
#include <limits>

namespace bakeoff::load {

struct Arrivals {
  double rate_rps = 1;     ///< Above 0; at the beginning.
  double ramp_to_rps = 0;  ///< At the end of length_s, in a straight line; 0: the rate stays.
  double length_s = 1;
  bool poisson = false;
  std::uint64_t seed = 1;
};

class Schedule {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  Schedule() = default;  ///< Nothing is ever due.
  Schedule(const Arrivals& arrivals, std::uint64_t begin_ns, std::uint64_t thread, std::uint64_t threads);

  /// When the thread's next request is due, on the clock of begin_ns; kNever after the end of length_s.
  std::uint64_t next_ns() const { return next_ns_; }
  /// Its number in the sequence of all threads.
  std::uint64_t next_number() const { return index_ - 1; }
  /// Goes on to the one behind it.
  void pop();

 private:
  void advance();
  std::uint64_t time_of(double position) const;

  Arrivals arrivals_;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t stream_ = 0;
  std::uint64_t index_ = 0;  ///< Number of the request that advance() goes to next, over all threads.
  std::uint64_t thread_ = 0;
  std::uint64_t threads_ = 1;
  double position_ = 0;
  std::uint64_t next_ns_ = kNever;
};

}  // namespace bakeoff::load
