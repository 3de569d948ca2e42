// How a time that is for all tables is shared among them: by what each is expected to take, learnt as trials run. Pure:
// the clock is the caller's.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/experiment/plan.h"

namespace bakeoff::experiment {

class Budget {
 public:
  /// Without spec.budget_s everything is allowed. The spec must outlive it.
  explicit Budget(const Spec& spec);

  /// A table that has so many blocks begins or goes on: its share of what is left is settled now.
  void begin(std::size_t table, std::uint64_t blocks, double elapsed_s);
  /// A trial of this table took so long.
  void took(std::size_t table, double seconds);
  /// A table needs no more time.
  void ended(std::size_t table);

  /// Whether the table may have another block just now, when it has so many. The very first block of a run always may:
  /// a run without a row would say nothing. What a table is refused it may get when the others have had their share.
  bool allows(std::size_t table, std::uint64_t blocks, double elapsed_s) const;
  bool spent(double elapsed_s) const { return spec_.budget_s && elapsed_s > *spec_.budget_s; }

 private:
  double expected_s(std::size_t table, std::uint64_t blocks) const;
  /// What the tables behind this one are expected to take. Those before it have had their turn.
  double later_tables_s(std::size_t table) const;

  struct TableTime {
    double seconds = 0;
    std::uint64_t trials = 0;
    std::uint64_t wanted = 0;  ///< Blocks that it still has a claim to: those promised, or one more.
  };
  const Spec& spec_;
  std::vector<TableTime> tables_;
  double share_ends_s_ = 0;
};

}  // namespace bakeoff::experiment
