#include "harness/experiment/plan_runner.h"

#include <algorithm>
#include <deque>
#include <span>

#include "harness/experiment/budget.h"
#include "harness/experiment/permanent_failure.h"
#include "harness/validity/validity.h"

namespace bakeoff::experiment {
namespace {

using Block = std::span<const PlannedTrial>;

std::vector<Block> blocks_of(const Plan& plan, std::size_t table) {
  std::vector<Block> blocks;
  const auto& trials = plan.trials;
  for (std::size_t begin = 0; begin < trials.size();) {
    std::size_t end = begin;
    while (end < trials.size() && trials[end].table == trials[begin].table &&
           trials[end].block == trials[begin].block) {
      ++end;
    }
    if (trials[begin].table == table) blocks.emplace_back(&trials[begin], end - begin);
    begin = end;
  }
  return blocks;
}

/// The progress of one table.
class TableRun {
 public:
  TableRun(const Plan& plan, const RunCallbacks& callbacks, const EarlierTrials& before, Budget& budget,
           RepeatPolicy& repeats, std::size_t table)
      : spec_(plan.spec),
        table_(spec_.tables[table]),
        callbacks_(callbacks),
        before_(before),
        budget_(budget),
        repeats_(repeats),
        index_(table),
        blocks_(blocks_of(plan, table)) {
    end_.table = table_.name;
  }

  const TableEnd& end() const { return end_; }
  bool ended() const { return ended_; }
  Budget::TableBlocks progress() const { return {index_, end_.blocks}; }

  /// Runs the next block. False when the table has ended, or has had its share of the budget for now.
  bool run_next() {
    if (end_.blocks == blocks_.size()) {
      return finish(precision_at(end_.blocks) == Precision::reached ? StopReason::precision : StopReason::blocks);
    }
    if (end_.blocks >= spec_.blocks) {
      const Precision precision = precision_at(end_.blocks);
      if (precision == Precision::reached) return finish(StopReason::precision);
      if (precision == Precision::hopeless) return finish(StopReason::blocks);
    }
    const Block& block = blocks_[end_.blocks];
    if (!has_all(block) && !budget_.allows(index_, end_.blocks, callbacks_.elapsed_s())) return false;
    if (!run_block(block)) return finish(StopReason::interrupted);
    ++end_.blocks;
    return true;
  }

  /// Returns false: no block follows.
  bool finish(StopReason why) {
    ended_ = true;
    end_.why = why;
    budget_.ended(index_);
    if (why != StopReason::interrupted) callbacks_.table_done(table_);
    return false;
  }

 private:
  /// The precision is looked at after whole groups only, when each subject has been in each place equally often.
  Precision precision_at(std::uint64_t blocks) const {
    if (!spec_.precision || blocks == 0 || blocks % subjects_of(spec_, table_).size() != 0) return Precision::not_yet;
    return callbacks_.check_precision(table_, blocks);
  }

  EarlierAttempts known(const PlannedTrial& trial) const {
    const auto found = before_.find(trial.trial_id);
    return found == before_.end() ? EarlierAttempts{} : found->second;
  }

  /// Whether a run before this one has measured the whole block.
  bool has_all(const Block& block) const {
    return std::all_of(block.begin(), block.end(),
                       [&](const PlannedTrial& trial) { return known(trial).attempts > 0; });
  }

  /// False when the user has asked to stop.
  bool run_block(const Block& block) {
    if (const int attempt = next_attempt(block); callbacks_.block && attempt != 0) {
      if (const auto all_begun = run_alternating(block, attempt)) return *all_begun;
    }
    std::vector<const PlannedTrial*> again;
    int place = static_cast<int>(block.size());
    for (const PlannedTrial& trial : block) {
      EarlierAttempts now = known(trial);
      if (now.attempts == 0 && !attempt(trial, now)) return false;
      if (now.attempts == 1 && now.noisy && !now.given_up) again.push_back(&trial);
    }
    for (const PlannedTrial* trial : again) {
      if (!repeats_.worthwhile()) break;
      PlannedTrial later = *trial;
      later.order = place++;
      EarlierAttempts now = known(*trial);
      now.attempts = 1;
      if (!attempt(later, now)) return false;
    }
    return true;
  }

  /// The attempt that the whole block needs: the first, or another one where a run before this one was cut off within
  /// it, or before a noisy trial of it was repeated. 0 when it needs none.
  int next_attempt(const Block& block) const {
    int most = 0;
    bool needed = false;
    for (const PlannedTrial& trial : block) {
      const EarlierAttempts now = known(trial);
      most = std::max(most, now.attempts);
      needed = needed || now.attempts == 0 || (now.attempts == 1 && now.noisy && !now.given_up);
    }
    return needed ? most + 1 : 0;
  }

  /// All trials of the block in alternating slices, and once more where one of them was noisy: a ratio needs both of
  /// its sides. False when the user has asked to stop; nullopt when they have to run one after the other from the
  /// beginning.
  std::optional<bool> run_alternating(const Block& block, int number) {
    for (const int first = number;; ++number) {
      const double began = callbacks_.elapsed_s();
      const std::vector<TrialStatus> statuses = callbacks_.block(block, number);
      if (statuses.empty()) return number == first ? std::nullopt : std::optional(run_again(block, number));
      const double each_s = (callbacks_.elapsed_s() - began) / static_cast<double>(statuses.size());
      TrialStatus whole{.measured = false};  // The policy of repeating sees one attempt.
      for (const TrialStatus& status : statuses) {
        if (!status.begun) return false;
        whole.noisy = whole.noisy || status.noisy;
        whole.measured = whole.measured || status.measured;
        budget_.took(index_, each_s);
      }
      count(whole, number);
      if (number >= 2 || !whole.noisy || !repeats_.worthwhile()) return true;
    }
  }

  /// The block as this attempt, trial by trial: the first attempt has shown that its subjects cannot alternate.
  bool run_again(const Block& block, int number) {
    for (const PlannedTrial& trial : block) {
      EarlierAttempts now{.attempts = number - 1};
      if (!attempt(trial, now)) return false;
    }
    return true;
  }

  bool attempt(const PlannedTrial& trial, EarlierAttempts& now) {
    const double began = callbacks_.elapsed_s();
    const TrialStatus status = callbacks_.trial(trial, ++now.attempts);
    now.noisy = status.noisy;
    if (!status.begun) return false;
    budget_.took(index_, callbacks_.elapsed_s() - began);
    count(status, now.attempts);
    return true;
  }

  void count(const TrialStatus& status, int attempt) {
    const bool worth = repeats_.worthwhile();
    count_attempt(repeats_, status, attempt);
    if (repeats_.worthwhile() != worth && callbacks_.repeating_changed)
      callbacks_.repeating_changed(repeats_.worthwhile());
  }

  const Spec& spec_;
  const TableSpec& table_;
  const RunCallbacks& callbacks_;
  const EarlierTrials& before_;
  Budget& budget_;
  RepeatPolicy& repeats_;
  const std::size_t index_;
  const std::vector<Block> blocks_;
  TableEnd end_;
  bool ended_ = false;
};

/// Has tables take turns, a block each, until all have ended or have had their share of the budget for now.
void run_in_turns(std::span<TableRun* const> together, Budget& budget, const RunCallbacks& callbacks) {
  std::vector<Budget::TableBlocks> progress;
  for (const TableRun* table : together) {
    if (!table->ended()) progress.push_back(table->progress());
  }
  budget.begin(progress, callbacks.elapsed_s());
  for (bool any_ran = true; any_ran;) {
    any_ran = false;
    for (TableRun* table : together) {
      if (table->ended()) continue;
      any_ran = table->run_next() || any_ran;
      if (table->ended() && table->end().why == StopReason::interrupted) return;
    }
  }
}

}  // namespace

std::string_view stop_reason_in_words(StopReason why) {
  switch (why) {
    case StopReason::blocks:
      return "all blocks ran";
    case StopReason::precision:
      return "the precision is reached";
    case StopReason::budget:
      return "the budget is spent";
    case StopReason::interrupted:
      return "interrupted";
  }
  return "";
}

TrialStatus trial_status(const journal::Trial& row) {
  const bool lasting = is_permanent_failure(row);  // Repeated, it would do the same.
  return {
      .begun = true, .noisy = validity::is_noisy(row) && !lasting, .measured = journal::has_figures(row) && !lasting};
}

void count_attempt(RepeatPolicy& repeats, const TrialStatus& status, int attempt) {
  if (!status.measured) return;
  attempt > 1 ? repeats.repeated(status.noisy) : repeats.first_attempt(status.noisy);
}

std::vector<TableEnd> run_plan(const Plan& plan, const RunCallbacks& callbacks, const EarlierTrials& before,
                               RepeatPolicy repeats) {
  Budget budget(plan.spec);
  std::deque<TableRun> tables;
  for (std::size_t table = 0; table < plan.spec.tables.size(); ++table) {
    tables.emplace_back(plan, callbacks, before, budget, repeats, table);
  }
  std::vector<std::vector<TableRun*>> groups;
  for (const std::vector<std::size_t>& together : tables_together(plan.spec)) {
    std::vector<TableRun*>& group = groups.emplace_back();
    for (const std::size_t table : together) group.push_back(&tables[table]);
  }
  const auto running = [](const TableRun& table) { return !table.ended(); };
  const auto interrupted = [](const TableRun& table) {
    return table.ended() && table.end().why == StopReason::interrupted;
  };
  // Tables that had to leave time to later ones run again while some of it is left.
  while (std::any_of(tables.begin(), tables.end(), running)) {
    for (const std::vector<TableRun*>& group : groups) {
      if (!std::any_of(tables.begin(), tables.end(), interrupted)) run_in_turns(group, budget, callbacks);
    }
    if (std::any_of(tables.begin(), tables.end(), interrupted)) {
      for (TableRun& table : tables) {
        if (running(table)) table.finish(StopReason::interrupted);
      }
    }
    if (!budget.spent(callbacks.elapsed_s())) continue;
    for (TableRun& table : tables) {
      if (running(table)) table.finish(StopReason::budget);
    }
  }
  std::vector<TableEnd> ends;
  ends.reserve(tables.size());
  for (const TableRun& table : tables) ends.push_back(table.end());
  return ends;
}

StopReason overall_stop_reason(const std::vector<TableEnd>& tables) {
  constexpr StopReason kFromWorst[]{StopReason::interrupted, StopReason::budget, StopReason::blocks};
  for (const StopReason why : kFromWorst) {
    if (std::any_of(tables.begin(), tables.end(), [&](const TableEnd& end) { return end.why == why; })) return why;
  }
  return tables.empty() ? StopReason::blocks : StopReason::precision;
}

}  // namespace bakeoff::experiment
