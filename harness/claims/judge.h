// A claim is decided by the rows of its cells, and by nothing else.
//
// In a cell the claim is true where the whole interval of the figure, or of the ratio of two, lies in the range
// that the claim names, false where it lies wholly outside, and open where it contains an end of the range: intervals
// decide, and never medians (stats/compare.h). "some" asks whether a thing can happen: one block in which it did is
// enough, and none decides nothing, because with n blocks its share can still be up to 3/n at 95 % (the rule of three).
// Over the cells the claim is then confirmed, refuted, true of one half only, or depends on what its cells differ in.
// Pure: rows in, verdict out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/claims/claim.h"
#include "harness/journal/trial.h"
#include "harness/report/estimate.h"

namespace bakeoff::claims {

enum class Ruling : std::uint8_t {
  confirmed,
  refuted,
  depends,       ///< True in some cells and false in others.
  part,          ///< One half of the claim is true, the other is not.
  inconclusive,  ///< No cell contradicts another, and some are open.
  not_run,       ///< A cell has no valid rows.
  not_testable,  ///< On one machine.
};

/// "confirmed", "not run".
std::string_view to_text(Ruling ruling);

/// What the rows say of one cell.
struct CellRuling {
  const ClaimCell* cell = nullptr;
  report::Answer holds = report::Answer::unknown;
  report::Estimate measured{};               ///< Without a value where nothing valid was measured.
  std::string unit{};                        ///< Of `measured`; "" for a ratio.
  std::size_t hits = 0;                      ///< Of "some": blocks in which it happened.
  std::string missing{};                     ///< Why there is no value.
  std::optional<std::size_t> more_blocks{};  ///< That it would take to decide an open one, as far as its spread tells.
};

struct ClaimRuling {
  const Claim* claim = nullptr;
  Ruling ruling = Ruling::not_run;
  std::vector<CellRuling> cells;
  std::string why;  ///< In a sentence: the cells that flip it, which half is true, what is missing.
};

/// The rows of an experiment; nullptr where none were recorded.
using RowsOf = std::function<const std::vector<journal::Trial>*(const std::string& experiment)>;

/// A claim that has cells of its own, or says why it has none. It must outlive the answer.
ClaimRuling judge(const Claim& claim, const RowsOf& rows_of);

/// All claims, in their order. One that says the same as others is decided by their cells together. The claims must
/// outlive the answer.
std::vector<ClaimRuling> judge_all(const std::vector<Claim>& claims, const RowsOf& rows_of);

/// "5.17 [4.90, 5.31] us", "in 3 of 9 blocks", or why there is nothing.
std::string measured_in_words(const CellRuling& ruling);

}  // namespace bakeoff::claims
