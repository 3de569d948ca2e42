// How the blocks of a table are cut into slices, and whether they are: in which order subjects come, which may not take
// part, and which slices are not used. Pure. sliced_block.h runs them; harness/stats/README.md has the measurements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// How a window is cut. A slice begins with load that is not counted: meanwhile the caches become the subject's again.
/// `bakeoff selftest --only slices` measures on a machine what both lengths follow from.
inline constexpr double kSliceS = 0.1;
inline constexpr double kColdS = 0.01;

/// The rounds of a table: in each of them every subject has one slice.
std::uint64_t rounds_of(const TableSpec& table);

/// What each slice of one round is like.
struct SliceShape {
  double cold_s = kColdS;     ///< Load before the slice that is not counted.
  double length_s = kSliceS;  ///< How long its requests are sent.
};
/// Those of the table: its window in slices of the same length.
std::vector<SliceShape> rounds_in(const TableSpec& table);

/// The order of the subjects in one round, as places of `planned`: each is in each place equally often, over as many
/// rounds as there are subjects. The two builds of one subject (kOtherBuildSuffix) stay next to each other, and take
/// turns in being the first. Pure.
std::vector<std::size_t> round_order(std::span<const journal::Trial> planned, std::uint64_t round);

/// What the rows say of a block that began in slices and could not go on in them.
inline constexpr std::string_view kDoNotFit = "the subjects do not fit beside each other";

/// Why the subjects of a table run one after the other instead, in words for its caption; "" when they alternate.
/// `earlier` are the rows of the run: a subject that used its CPU at rest disturbs the others, and what did not fit
/// once is not tried again. Pure.
std::string why_one_by_one(const Spec& spec, const TableSpec& table, std::span<const journal::Trial> earlier);

/// Leaves out the slices in which others took CPU, and those next to them in time: all rows together, because a slice's
/// neighbours belong to other subjects. A row that would keep fewer than half of its slices is noisy:
/// journal::too_few_slices(). Pure.
void leave_out_disturbed(std::span<journal::Trial*> rows);

}  // namespace bakeoff::experiment
