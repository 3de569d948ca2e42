#include "harness/load/schedule.h"

#include <cmath>

#include "workloads/mix.h"

namespace bakeoff::load {
namespace {

/// Keeps the arrivals' draws apart from the requests' content, which comes from the same seed.
constexpr std::uint64_t kArrivalStream = 0x6172726976616c73;  // "arrivals"

/// Uniform in (0, 1], from the upper 53 bits.
double uniform(std::uint64_t bits) {
  return static_cast<double>((bits >> 11) + 1) * 0x1.0p-53;
}

}  // namespace

Schedule::Schedule(const Arrivals& arrivals, std::uint64_t begin_ns, std::uint64_t thread, std::uint64_t threads)
    : arrivals_(arrivals),
      begin_ns_(begin_ns),
      stream_(workloads::stream_of(arrivals.seed, kArrivalStream)),
      thread_(thread),
      threads_(threads) {
  pop();
}

void Schedule::pop() {
  do {
    advance();
  } while (next_ns_ != kNever && (index_ - 1) % threads_ != thread_);
}

void Schedule::advance() {
  if (arrivals_.poisson) {
    position_ -= std::log(uniform(workloads::draw(stream_, index_)));
  } else {
    position_ = static_cast<double>(index_);
  }
  ++index_;
  next_ns_ = time_of(position_);
}

std::uint64_t Schedule::time_of(double position) const {
  const double a = arrivals_.rate_rps;
  double t = position / a;
  if (arrivals_.ramp_to_rps > 0) {
    // a t + (b - a) t^2 / (2 length) = position, in the form that loses no digits when b is near a.
    const double discriminant = a * a + 2 * (arrivals_.ramp_to_rps - a) * position / arrivals_.length_s;
    if (discriminant < 0) return kNever;
    t = 2 * position / (a + std::sqrt(discriminant));
  }
  // A request that rounding puts at the very end belongs to what comes behind.
  if (!(t < arrivals_.length_s - 1e-9)) return kNever;
  return begin_ns_ + static_cast<std::uint64_t>(t * 1e9);
}

}  // namespace bakeoff::load
