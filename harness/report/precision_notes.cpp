#include "harness/report/precision_notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/number_format.h"
#include "harness/stats/precision.h"

namespace bakeoff::report {

std::vector<std::string> precision_notes(const std::vector<LeadingRatio>& ratios, std::optional<double> wanted) {
  const LeadingRatio* least = nullptr;
  for (const LeadingRatio& one : ratios) {
    if (!one.ratio || !one.ratio->interval) continue;
    if (least == nullptr || *half_width(*one.ratio) > *half_width(*least->ratio)) least = &one;
  }
  if (least == nullptr) return {};
  const double width = *stats::half_width(*least->ratio);
  std::string note = fmt::format("the ratios are known to ±{}", format_share(width));
  if (ratios.size() > 1) note += fmt::format(" ({} the least)", least->subject);
  if (wanted && width > *wanted) {
    const std::size_t blocks = stats::blocks_needed(*least->ratio, *wanted).value_or(stats::kMaxBlocksNeeded);
    note += fmt::format("; ±{} would take about {} blocks, {} more", format_share(*wanted), blocks,
                        blocks - least->ratio->pairs);
    if (blocks == stats::kMaxBlocksNeeded) note += " or beyond";
  }
  return {note};
}

std::optional<double> detectable_difference(const std::vector<LeadingRatio>& ratios, std::size_t blocks) {
  std::vector<std::vector<double>> log_ratios;
  log_ratios.reserve(ratios.size());
  for (const LeadingRatio& one : ratios) {
    log_ratios.push_back(stats::paired_log_ratios(one.own.valid, one.reference.valid));
  }
  return stats::minimum_detectable_difference(log_ratios, blocks);
}

std::string detectable_line(std::span<const Table> tables) {
  std::string shares;
  for (const Table& table : tables) {
    if (!table.detectable) continue;
    shares += (shares.empty() ? "" : ", ") + format_share(*table.detectable) + " in " + table.name;
  }
  if (shares.empty()) return "";
  return "smallest difference that this machine shows in these blocks, nine times of ten: " + shares;
}

}  // namespace bakeoff::report
