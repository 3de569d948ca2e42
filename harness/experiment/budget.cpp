#include "harness/experiment/budget.h"

#include <algorithm>

namespace bakeoff::experiment {

Budget::Budget(const Spec& spec) : spec_(spec), tables_(spec.tables.size()) {
  for (TableTime& table : tables_) table.wanted = spec.blocks;
}

void Budget::begin(std::span<const TableBlocks> together, double elapsed_s) {
  if (!spec_.budget_s || together.empty()) return;
  double own = 0;
  for (const auto& [table, blocks] : together) {
    tables_[table].wanted = blocks < spec_.blocks ? spec_.blocks - blocks : 1;
    own += expected_s(table, tables_[table].wanted);
  }
  const double left = std::max(0.0, *spec_.budget_s - elapsed_s);
  share_ends_s_ = elapsed_s + left * own / std::max(own + later_tables_s(together.back().table), 1e-9);
}

void Budget::took(std::size_t table, double seconds) {
  tables_[table].seconds += seconds;
  ++tables_[table].trials;
}

void Budget::ended(std::size_t table) {
  tables_[table].wanted = 0;
}

bool Budget::allows(std::size_t table, std::uint64_t blocks, double elapsed_s) const {
  if (!spec_.budget_s) return true;
  const bool nothing_ran =
      std::all_of(tables_.begin(), tables_.end(), [](const TableTime& time) { return time.trials == 0; });
  if (nothing_ran) return true;
  if (spent(elapsed_s)) return false;
  if (blocks == 0 || elapsed_s <= share_ends_s_) return true;
  // Beyond its share a table may only complete what was promised, and only if that leaves the later tables their
  // shares.
  if (blocks >= spec_.blocks) return false;
  return elapsed_s + expected_s(table, spec_.blocks - blocks) + later_tables_s(table) <= *spec_.budget_s;
}

double Budget::expected_s(std::size_t table, std::uint64_t blocks) const {
  const TableTime& time = tables_[table];
  const TableSpec& spec = spec_.tables[table];
  const double each = time.trials != 0 ? time.seconds / static_cast<double>(time.trials)
                                       : estimate_s(spec_, spec) * slower_than_expected(spec.kind);
  return each * static_cast<double>(blocks * trials_per_block(spec_, spec));
}

double Budget::slower_than_expected(journal::TrialKind kind) const {
  double took = 0, expected = 0;
  for (std::size_t table = 0; table < tables_.size(); ++table) {
    if (spec_.tables[table].kind != kind || tables_[table].trials == 0) continue;
    took += tables_[table].seconds;
    expected += estimate_s(spec_, spec_.tables[table]) * static_cast<double>(tables_[table].trials);
  }
  return expected > 0 ? took / expected : 1;
}

double Budget::later_tables_s(std::size_t table) const {
  double total = 0;
  for (std::size_t other = table + 1; other < tables_.size(); ++other) {
    total += expected_s(other, tables_[other].wanted);
  }
  return total;
}

}  // namespace bakeoff::experiment
