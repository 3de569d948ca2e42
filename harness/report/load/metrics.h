// A load that is under way, as Prometheus reads it (text format 0.0.4,
// https://prometheus.io/docs/instrumenting/exposition_formats): for runs that last long.
#pragma once

#include <string>

#include "harness/journal/trial.h"
#include "harness/load/plan.h"

namespace bakeoff::report::load {

/// The window so far.
class LoadMetrics {
 public:
  /// `url` becomes the label of every figure.
  explicit LoadMetrics(std::string url) : url_(std::move(url)) {}

  void add(const bakeoff::load::LoadInterval& interval);

  /// All figures. Latencies are a summary in seconds. With the judged row of a load that is over, a last figure for
  /// each of its metrics that is void says so.
  std::string text(const journal::Trial* over = nullptr) const;

 private:
  std::string url_;
  bakeoff::load::LoadInterval sum_;
};

}  // namespace bakeoff::report::load
