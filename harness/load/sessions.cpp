#include "harness/load/sessions.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "harness/measure/plain_text.h"
#include "workloads/draws.h"
#include "workloads/mix.h"

namespace bakeoff::load {
namespace {

constexpr std::uint64_t kLengths = 0x73657373696f6e73;  ///< Tells this stream from the others of the seed: "sessions".
constexpr double kMostRequests = 100'000;

/// Behind `word`; negative when it is something else.
double number_behind(std::string_view text, std::string_view word) {
  return text.starts_with(word) ? workloads::parse_decimal(text.substr(word.size()), 1, kMostRequests) : -1;
}

}  // namespace

SessionLength::SessionLength(std::string_view text) {
  mean_ = number_behind(text, "fixed:");
  if (mean_ >= 1 && mean_ == std::floor(mean_)) return;
  mean_ = number_behind(text, "geometric:");
  geometric_ = true;
  if (mean_ < 1) {
    throw std::invalid_argument("the requests of a session are fixed:N or geometric:MEAN, from 1 to 100000: found " +
                                measure::in_quotes(text));
  }
}

std::uint64_t SessionLength::requests(std::uint64_t seed, std::uint64_t number) const {
  if (!geometric_ || mean_ == 1) return static_cast<std::uint64_t>(mean_);
  // The smallest n whose probability of no more than n requests, 1 - (1 - 1/mean)^n, is the draw's or more.
  const double drawn =
      std::log(workloads::uniform(workloads::stream_of(seed, kLengths), number)) / std::log1p(-1 / mean_);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(drawn)));
}

}  // namespace bakeoff::load
