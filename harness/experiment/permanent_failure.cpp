#include "harness/experiment/permanent_failure.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/load/verify.h"

namespace bakeoff::experiment {

bool is_permanent_failure(const journal::Trial& row) {
  if (row.outcome != journal::Outcome::errors) return false;
  if (row.client) return row.client->wrong_answers != 0 && row.client->replies_ok == 0;
  return load::is_wrong_answer(row.outcome_detail);
}

std::string permanent_failure_of(std::span<const journal::Trial> rows, const journal::Trial& next) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const journal::Trial& row) {
    return row.subject == next.subject && row.table == next.table && row.workload == next.workload &&
           is_permanent_failure(row);
  });
  if (found == rows.end()) return "";
  return fmt::format("not started again: it answered wrongly in block {}", found->block + 1);
}

}  // namespace bakeoff::experiment
