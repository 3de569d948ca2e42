#include "harness/experiment/runner.h"

#include <algorithm>
#include <deque>
#include <span>

#include "harness/experiment/budget.h"
#include "harness/experiment/lasting_failure.h"
#include "harness/validity/validity.h"

namespace bakeoff {
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

/// One table, as far as it has come.
class TableRun {
 public:
  TableRun(const Plan& plan, const Hands& hands, const RanBefore& before, Budget& budget, Repeats& repeats,
           std::size_t table)
      : spec_(plan.spec),
        table_(spec_.tables[table]),
        hands_(hands),
        before_(before),
        budget_(budget),
        repeats_(repeats),
        index_(table),
        blocks_(blocks_of(plan, table)) {
    end_.table = table_.name;
  }

  const TableEnd& end() const { return end_; }
  bool ended() const { return ended_; }

  /// Runs blocks until the table has ended or has had its share of the budget for now.
  void go() {
    budget_.begin(index_, end_.blocks, hands_.elapsed_s());
    for (; end_.blocks < blocks_.size(); ++end_.blocks) {
      if (end_.blocks >= spec_.blocks) {
        const Precision precision = precision_at(end_.blocks);
        if (precision == Precision::reached) return finish(Stopped::precision);
        if (precision == Precision::hopeless) return finish(Stopped::blocks);
      }
      const Block& block = blocks_[end_.blocks];
      if (!has_all(block) && !budget_.allows(index_, end_.blocks, hands_.elapsed_s())) return;
      if (!run(block)) return finish(Stopped::interrupted);
    }
    finish(precision_at(end_.blocks) == Precision::reached ? Stopped::precision : Stopped::blocks);
  }

  void finish(Stopped why) {
    ended_ = true;
    end_.why = why;
    budget_.ended(index_);
    if (why != Stopped::interrupted) hands_.table_done(table_);
  }

 private:
  /// Looks are taken after whole groups only: there each subject has been in each place equally often.
  Precision precision_at(std::uint64_t blocks) const {
    if (!spec_.precision || blocks == 0 || blocks % subjects_of(spec_, table_).size() != 0) return Precision::not_yet;
    return hands_.precise(table_, blocks);
  }

  Before known(const PlannedTrial& trial) const {
    const auto found = before_.find(trial.trial_id);
    return found == before_.end() ? Before{} : found->second;
  }

  /// Whether a run before this one has measured the whole block.
  bool has_all(const Block& block) const {
    return std::all_of(block.begin(), block.end(),
                       [&](const PlannedTrial& trial) { return known(trial).attempts > 0; });
  }

  /// False when the user has asked to stop.
  bool run(const Block& block) {
    std::vector<const PlannedTrial*> again;
    int place = static_cast<int>(block.size());
    for (const PlannedTrial& trial : block) {
      Before now = known(trial);
      if (now.attempts == 0 && !attempt(trial, now)) return false;
      if (now.attempts == 1 && now.noisy && !now.left) again.push_back(&trial);
    }
    for (const PlannedTrial* trial : again) {
      if (!repeats_.worth()) break;
      PlannedTrial later = *trial;
      later.order = place++;
      Before now = known(*trial);
      now.attempts = 1;
      if (!attempt(later, now)) return false;
    }
    return true;
  }

  bool attempt(const PlannedTrial& trial, Before& now) {
    const double began = hands_.elapsed_s();
    const Ran did = hands_.trial(trial, ++now.attempts);
    now.noisy = did.noisy;
    if (!did.begun) return false;
    budget_.took(index_, hands_.elapsed_s() - began);
    const bool worth = repeats_.worth();
    learn(repeats_, did, now.attempts);
    if (repeats_.worth() != worth && hands_.repeating) hands_.repeating(repeats_.worth());
    return true;
  }

  const Spec& spec_;
  const TableSpec& table_;
  const Hands& hands_;
  const RanBefore& before_;
  Budget& budget_;
  Repeats& repeats_;
  const std::size_t index_;
  const std::vector<Block> blocks_;
  TableEnd end_;
  bool ended_ = false;
};

}  // namespace

std::string_view stopped_in_words(Stopped why) {
  switch (why) {
    case Stopped::blocks:
      return "all blocks ran";
    case Stopped::precision:
      return "the precision is reached";
    case Stopped::budget:
      return "the budget is spent";
    case Stopped::interrupted:
      return "interrupted";
  }
  return "";
}

Ran ran(const Trial& row) {
  const bool lasting = is_lasting(row);  // Repeated, it would do the same.
  return {.begun = true, .noisy = is_noisy(row) && !lasting, .measured = (row.client || row.job) && !lasting};
}

void learn(Repeats& repeats, const Ran& did, int attempt) {
  if (!did.measured) return;
  attempt > 1 ? repeats.again(did.noisy) : repeats.first(did.noisy);
}

std::vector<TableEnd> run_plan(const Plan& plan, const Hands& hands, const RanBefore& before, Repeats repeats) {
  Budget budget(plan.spec);
  std::deque<TableRun> tables;
  for (std::size_t table = 0; table < plan.spec.tables.size(); ++table) {
    tables.emplace_back(plan, hands, before, budget, repeats, table);
  }
  const auto running = [](const TableRun& table) { return !table.ended(); };
  const auto interrupted = [](const TableRun& table) {
    return table.ended() && table.end().why == Stopped::interrupted;
  };
  // Tables that had to leave time to those behind them come in again while some of it is left.
  while (std::any_of(tables.begin(), tables.end(), running)) {
    for (TableRun& table : tables) {
      if (std::any_of(tables.begin(), tables.end(), interrupted)) {
        if (running(table)) table.finish(Stopped::interrupted);
      } else if (running(table)) {
        table.go();
      }
    }
    if (!budget.spent(hands.elapsed_s())) continue;
    for (TableRun& table : tables) {
      if (running(table)) table.finish(Stopped::budget);
    }
  }
  std::vector<TableEnd> ends;
  ends.reserve(tables.size());
  for (const TableRun& table : tables) ends.push_back(table.end());
  return ends;
}

Stopped stopped(const std::vector<TableEnd>& tables) {
  constexpr Stopped kFromWorst[]{Stopped::interrupted, Stopped::budget, Stopped::blocks};
  for (const Stopped why : kFromWorst) {
    if (std::any_of(tables.begin(), tables.end(), [&](const TableEnd& end) { return end.why == why; })) return why;
  }
  return tables.empty() ? Stopped::blocks : Stopped::precision;
}

}  // namespace bakeoff
