// Which of the candidates that keep the limits nobody beats: who dominates whom, the Pareto set, the cheapest, and
// those that are not told from it (verdict.h says by which rules). Pure.
#pragma once

#include <vector>

#include "harness/decide/verdict.h"
#include "harness/report/grid.h"

namespace bakeoff::decide {

/// By CPU time per request; one without it comes last.
bool cheaper(const Assessment& one, const Assessment& other);

/// Sets what comes of comparisons: the standings, what dominates whom, the ratios to the cheapest, and at which level
/// all of it holds together. `grid` has the rows of the assessments, whose limits have been judged.
void judge_costs(Verdict& verdict, const report::Grid& grid, const Profile& profile,
                 const std::vector<ExtrapolatedMemory>& memory);

}  // namespace bakeoff::decide
