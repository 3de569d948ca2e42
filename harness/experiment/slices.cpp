#include "harness/experiment/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/experiment/plan.h"
#include "harness/journal/fixed_wait.h"
#include "harness/journal/slices.h"
#include "harness/validity/validity.h"

namespace bakeoff::experiment {
namespace {

/// Beyond it the subjects of a block may not fit beside each other: one of them makes a process for each connection.
constexpr std::uint64_t kMostPerSubject = 1000;
/// The kernel counts steal in ticks of 10 ms: one of them may be a moment.
constexpr double kStealTickS = 0.011;
/// A slice has to be long beside the time that a request takes.
constexpr double kLeastLatenciesPerSlice = 4;

std::string without_suffix(const std::string& subject) {
  return subject.ends_with(journal::kOtherBuildSuffix)
             ? subject.substr(0, subject.size() - journal::kOtherBuildSuffix.size())
             : subject;
}

/// Why a row of an earlier block shows that the subjects disturb each other, or need longer slices; "" when it does
/// not.
std::string shown_by(const journal::Trial& row, double slice_s) {
  if (row.subject_cost && row.subject_cost->cpu_at_rest_share.value_or(0) > validity::kNoisyShare) {
    return row.subject + " uses the CPU while nobody asks it";
  }
  if (!row.client || row.outcome != journal::Outcome::ok || validity::is_noisy(row)) return "";
  const auto total = row.client->latency_us.find("total");
  if (total == row.client->latency_us.end() || total->second.p50 * kLeastLatenciesPerSlice <= slice_s * 1e6) return "";
  return "requests of " + row.subject + " take long beside a slice";
}

}  // namespace

std::uint64_t rounds_of(const TableSpec& table) {
  return static_cast<std::uint64_t>(std::max(std::lround(table.window_s / kSliceS), 1L));
}

std::vector<SliceShape> rounds_in(const TableSpec& table) {
  const std::uint64_t rounds = rounds_of(table);
  return std::vector(rounds, SliceShape{.length_s = table.window_s / static_cast<double>(rounds)});
}

std::vector<std::size_t> round_order(std::span<const journal::Trial> planned, std::uint64_t round) {
  // Neighbours that are builds of one subject are one place.
  std::vector<std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const bool same_subject = i != 0 && without_suffix(planned[i - 1].subject) == without_suffix(planned[i].subject);
    if (!same_subject) places.emplace_back();
    places.back().push_back(i);
  }
  std::vector<std::size_t> order;
  for (const std::size_t place : balanced_row(places.size(), round)) {
    std::vector<std::size_t> builds = places[place];
    // A subject is in the same place again after as many rounds as there are subjects.
    if (round / places.size() % 2 == 1) std::reverse(builds.begin(), builds.end());
    order.insert(order.end(), builds.begin(), builds.end());
  }
  return order;
}

std::string why_one_by_one(const Spec& spec, const TableSpec& table, std::span<const journal::Trial> earlier) {
  const journal::LoadShape& load = table.load;
  if (!table.is_served()) return "a job has every CPU";
  if (spec.one_by_one) return "asked for";
  if (trials_per_block(spec, table) < 2) return "there is one subject";
  if (rounds_of(table) < 2) return "the window is shorter than two slices";
  if (load.ramp_to_rps > 0) return "the load is a ramp";
  if (table.files && table.files->page_cache != "warm") return "the subjects would share the page cache";
  if (table.memory_mib) return "each subject has a memory limit";
  if (load.connections_beside() > 0) return "there are connections beside the load";
  if (load.connections > kMostPerSubject) return fmt::format("there are more than {} connections", kMostPerSubject);
  const double slice_s = table.window_s / static_cast<double>(rounds_of(table));
  if (journal::fixed_wait_us(load).value_or(0) * kLeastLatenciesPerSlice > slice_s * 1e6) {
    return "each request waits long beside a slice";
  }
  std::map<std::string, int> seen;
  for (const journal::Trial& row : earlier) {
    if (row.table != table.name) continue;
    if (row.one_by_one == kDoNotFit) return row.one_by_one;
    if (row.slices.empty()) continue;
    // Twice: one slow block is no property of the subject.
    if (std::string why = shown_by(row, slice_s); !why.empty() && ++seen[why] == 2) return why;
  }
  return "";
}

void leave_out_disturbed(std::span<journal::Trial*> rows) {
  std::vector<journal::SliceFacts*> in_time;
  for (journal::Trial* row : rows) {
    for (journal::SliceFacts& slice : row->slices) in_time.push_back(&slice);
  }
  std::ranges::sort(in_time, {}, [](const auto* slice) { return std::pair(slice->round, slice->place); });
  const auto disturbed = [](const journal::SliceFacts& slice) {
    const double stolen = slice.steal_share.value_or(0);
    return slice.foreign_cpu_share.value_or(0) > validity::kNoisyShare ||
           (stolen > validity::kNoisyShare && stolen * slice.window_s > kStealTickS) ||
           slice.load_foreign_share.value_or(0) > validity::kVeryNoisyShare;
  };
  for (std::size_t i = 0; i < in_time.size(); ++i) {
    if (!disturbed(*in_time[i])) continue;
    for (std::size_t next = i == 0 ? 0 : i - 1; next <= i + 1 && next < in_time.size(); ++next) {
      in_time[next]->left_out = true;
    }
  }
}

}  // namespace bakeoff::experiment
