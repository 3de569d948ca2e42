// Which trial runs when. Pure: the same spec and seed give the same plan on every machine.
//
// Tables run one after another, except the points of a sweep: they take turns block by block, so that a block of each
// point sees the machine in the same state. A table is a row of blocks; a block has every subject of the table once.
// The order within a block is random, but balanced: a group of as many blocks as there are subjects puts each subject
// in each place once, so that a machine that slows down during a block, or during a table, slows all alike. Where two
// builds are compared (Spec::against), a place belongs to a subject in both builds, one right behind the other, and
// which of them is first alternates from block to block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

struct PlannedTrial {
  std::string trial_id;   ///< "http-b03-threads".
  std::size_t table = 0;  ///< In Plan::spec.tables.
  int block = 0;          ///< From 0.
  int order = 0;          ///< Among the trials of the block, from 0.
  std::string subject;
  std::uint64_t seed = 0;  ///< The same for all subjects of a block: they get the same sequence of requests.
};

struct Plan {
  Spec spec;
  std::vector<PlannedTrial> trials;  ///< In the order in which they run; most_blocks(spec) blocks per table.
};

/// Uses spec.seed. The order of one table does not depend on which other tables there are, and that of its first blocks
/// not on how many follow.
Plan make_plan(const Spec& spec);

/// Row `row` of E. J. Williams' square for so many things: over as many rows each is in each place once, and for an
/// even number each follows each other one once ("Experimental designs balanced for the estimation of residual effects
/// of treatments", Aust. J. Sci. Res. 2 (1949) 149-168).
std::vector<std::size_t> balanced_row(std::size_t things, std::size_t row);

/// The identity of the row to be: experiment, table, block, order, subject, workload or job, params, seed.
/// params.units stays absent where the subject's own default is taken, and where it is one per CPU: the runner, which
/// knows the CPUs, sets it then.
journal::Trial planned_row(const Plan& plan, const PlannedTrial& trial);

/// The tables that take turns: those of one sweep, or one alone. As places in spec.tables, in their order.
std::vector<std::vector<std::size_t>> tables_together(const Spec& spec);

/// What start, ready, verify and stop of a trial take beside its window, and what a job of default size takes; a guess
/// that the runner replaces by what it has seen.
inline constexpr double kTrialOverheadS = 0.1;
inline constexpr double kJobGuessS = 0.2;
inline constexpr double kQueueOverheadS = 0.5;       ///< To start and stop the queue's server, and its workers.
inline constexpr double kKillGuessS = 0.7;           ///< Until what a dead worker had taken is put back, and done.
inline constexpr double kCrowdConnectionS = 0.0001;  ///< To open one beside the load, and to close it.

/// How long a warm-up by the rule lasts: in 518 trials of the experiment runtimes 4.4 s in the mean, 2.9 s in the
/// median.
inline constexpr double kWarmUpGuessS = 4;

double estimate_s(const Spec& spec, const TableSpec& table);  ///< One trial, a mean over the table's subjects.
/// All trials of `blocks` blocks of each table, without repeated ones; the budget is not looked at.
double estimate_s(const Spec& spec, std::uint64_t blocks);
std::size_t trials_per_block(const Spec& spec, const TableSpec& table);

}  // namespace bakeoff::experiment
