#include "harness/report/void_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/report/terminal_style.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

/// A metric's name as a reader knows it.
std::string name_of(const std::string& metric) {
  if (metric == validity::metric::kCpuPerRequest) return "CPU per request";
  if (metric == validity::metric::kElapsed) return "elapsed time";
  if (metric == validity::metric::kCpu) return "CPU";
  if (metric == "latency.p999") return "p99.9";
  if (metric.starts_with("latency.p")) return metric.substr(metric.find('.') + 1);
  return metric;
}

}  // namespace

std::string figure_text(const journal::Trial& row, std::string_view metric, std::string_view figure, bool colour) {
  return validity::void_reason(row, metric).empty() ? std::string(figure) : struck_out(figure, colour);
}

std::vector<std::string> void_lines(const journal::Trial& row) {
  using Reason = std::pair<std::string, std::vector<std::string>>;
  std::vector<Reason> reasons;
  for (const auto& [metric, reason] : row.validity) {
    auto found = std::ranges::find(reasons, reason, &Reason::first);
    if (found == reasons.end()) found = reasons.insert(reasons.end(), {reason, {}});
    found->second.push_back(name_of(metric));
  }
  std::vector<std::string> lines;
  for (const auto& [reason, metrics] : reasons) {
    lines.push_back(fmt::format("{}: {}. {}", listed(metrics), reason, validity::advice(reason)));
  }
  return lines;
}

}  // namespace bakeoff::report
