#include "harness/load/slo_search.h"

#include <algorithm>
#include <cmath>

namespace bakeoff {

SloSearch::SloSearch(const SloSearchSettings& settings) : settings_(settings) {
  settings_.start_rps = std::clamp(settings_.start_rps, settings_.floor_rps, settings_.ceiling_rps);
}

/// Nothing above the last pass is left to be tried.
bool SloSearch::is_narrow() const {
  if (!fail_) return passes_.back() >= settings_.ceiling_rps;
  return *fail_ <= passes_.back() * (1 + settings_.precision);
}

std::optional<SloStep> SloSearch::next() const {
  if (steps_ >= settings_.most_steps) return std::nullopt;
  if (passes_.empty()) {
    if (!fail_) return SloStep{settings_.start_rps};
    if (*fail_ <= settings_.floor_rps) return std::nullopt;
    return SloStep{std::max(*fail_ / settings_.factor, settings_.floor_rps)};
  }
  const double pass = passes_.back();
  if (is_narrow()) {
    if (confirmed_ >= settings_.confirmations) return std::nullopt;
    return SloStep{pass, true};
  }
  if (!fail_) return SloStep{std::min(pass * settings_.factor, settings_.ceiling_rps)};
  return SloStep{std::sqrt(pass * *fail_)};
}

void SloSearch::tell(const std::string& broke) {
  const std::optional<SloStep> step = next();
  if (!step) return;
  ++steps_;
  if (!broke.empty()) {
    if (step->confirms) passes_.pop_back();
    confirmed_ = 0;
    fail_ = step->rate_rps;
    broke_ = broke;
  } else if (step->confirms) {
    ++confirmed_;
  } else {
    passes_.push_back(step->rate_rps);
  }
}

SloResult SloSearch::result() const {
  SloResult result;
  if (!passes_.empty()) result.last_pass_rps = passes_.back();
  result.first_fail_rps = fail_;
  result.broke = broke_;
  result.confirmations = confirmed_;
  result.steps = steps_;
  result.settled =
      passes_.empty() ? fail_ && *fail_ <= settings_.floor_rps : is_narrow() && confirmed_ >= settings_.confirmations;
  return result;
}

}  // namespace bakeoff
