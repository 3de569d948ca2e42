// How the time that all tables have together is shared among them: by what each is expected to take, which is learnt as
// trials run: from its own, and before it has any from those of the tables of its kind. Pure: the clock is the
// caller's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/experiment/plan.h"

namespace bakeoff::experiment {

class Budget {
 public:
  /// Without spec.budget_s everything is allowed. The spec must outlive it.
  explicit Budget(const Spec& spec);

  struct TableBlocks {
    std::size_t table = 0;     ///< In Spec::tables.
    std::uint64_t blocks = 0;  ///< How many it has.
  };
  /// Tables that take turns begin or continue; `together` is in the order of the spec. Their share of the remaining
  /// time is decided now.
  void begin(std::span<const TableBlocks> together, double elapsed_s);
  /// A trial of this table took this long.
  void took(std::size_t table, double seconds);
  /// A table needs no more time.
  void ended(std::size_t table);

  /// Whether a table that has this many blocks may have another one now. The very first block of a run is always
  /// allowed, because a run without a row would say nothing. A table that is refused may be allowed once the others
  /// have had their share.
  bool allows(std::size_t table, std::uint64_t blocks, double elapsed_s) const;
  bool spent(double elapsed_s) const { return spec_.budget_s && elapsed_s > *spec_.budget_s; }

 private:
  double expected_s(std::size_t table, std::uint64_t blocks) const;
  /// What trials of this kind took, over what was expected of them; 1 where none has run.
  double slower_than_expected(journal::TrialKind kind) const;
  /// What the tables after this one are expected to take. Those before it have had their turn.
  double later_tables_s(std::size_t table) const;

  struct TableTime {
    double seconds = 0;
    std::uint64_t trials = 0;
    std::uint64_t wanted = 0;  ///< Blocks that it may still claim: those promised, or one more.
  };
  const Spec& spec_;
  std::vector<TableTime> tables_;
  double share_ends_s_ = 0;
};

}  // namespace bakeoff::experiment
