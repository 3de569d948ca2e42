#include "harness/experiment/memory_need.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/subjects/builtin.h"

namespace bakeoff::experiment {
namespace {

/// In one process with at least this many units, what they share is a small part of each.
constexpr std::uint64_t kEnoughUnits = 64;

/// "5.3 MiB", "52 GiB": two digits.
std::string size_in_words(double kib) {
  const char* unit = "KiB";
  for (const char* const larger : {"MiB", "GiB", "TiB"}) {
    if (kib < 999.5) break;
    kib /= 1024;
    unit = larger;
  }
  return fmt::format("{:.{}f} {}", kib, kib < 9.95 ? 1 : 0, unit);
}

}  // namespace

bool same_work(const journal::Trial& one, const journal::Trial& other) {
  return one.subject == other.subject && one.workload == other.workload &&
         one.params.load.request == other.params.load.request &&
         one.params.load.message_bytes == other.params.load.message_bytes;
}

UnitCount unit_count(const subjects::Subject& subject, const journal::Params& params) {
  const std::uint64_t connections = params.load.connections_at_once();
  const std::uint64_t asked = subject.units ? *subject.units : params.units.value_or(0);
  if (asked > connections) return {asked, "units"};
  return {connections, subject.holds_connection ? "units" : "connections"};
}

std::optional<double> pss_per_unit_kib(const journal::SubjectRow& cost, std::uint64_t units) {
  if (!cost.pss_end_kib || units == 0) return std::nullopt;
  const auto pss = static_cast<double>(*cost.pss_end_kib);
  const std::uint64_t processes = cost.processes_peak.value_or(1);
  if (processes < 2) {
    if (units < kEnoughUnits) return std::nullopt;
    return std::max(0.0, pss - static_cast<double>(cost.pss_file_kib.value_or(0))) / static_cast<double>(units);
  }
  if (!cost.rss_end_kib) return std::nullopt;
  // n processes: RSS = n shared + all their own, PSS = shared + all their own.
  const double shared = (static_cast<double>(*cost.rss_end_kib) - pss) / static_cast<double>(processes - 1);
  return std::max(0.0, pss - std::max(0.0, shared)) / static_cast<double>(units);
}

std::string why_it_does_not_fit(const journal::Trial& next, const subjects::Subject& subject,
                                std::span<const journal::Trial> earlier, std::uint64_t available_kib) {
  std::optional<double> each;
  std::uint64_t most = 0;  // The units of the trial that decides: the one with most of them.
  for (const journal::Trial& row : earlier) {
    if (!row.subject_cost || !same_work(row, next)) continue;
    const std::uint64_t units = unit_count(subject, row.params).count;
    const auto kib = pss_per_unit_kib(*row.subject_cost, units);
    if (!kib || units < most) continue;
    each = kib;
    most = units;
  }
  const auto [count, what] = unit_count(subject, next.params);
  // What has run is known to fit.
  if (!each || count <= most) return "";
  const double needed = *each * static_cast<double>(count);
  if (needed <= static_cast<double>(available_kib)) return "";
  return fmt::format("{} {} x {} measured = {}, {} available: not started", count, what, size_in_words(*each),
                     size_in_words(needed), size_in_words(static_cast<double>(available_kib)));
}

}  // namespace bakeoff::experiment
