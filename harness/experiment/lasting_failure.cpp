#include "harness/experiment/lasting_failure.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/load/verify.h"

namespace bakeoff {

bool is_lasting(const Trial& row) {
  if (row.outcome != Outcome::errors) return false;
  if (row.client) return row.client->wrong_answers != 0 && row.client->replies_ok == 0;
  return tells_of_wrong_answer(row.outcome_detail);
}

std::string lasting_failure(std::span<const Trial> rows, const Trial& next) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Trial& row) {
    return row.subject == next.subject && row.table == next.table && row.workload == next.workload && is_lasting(row);
  });
  if (found == rows.end()) return "";
  return fmt::format("not started again: it answered wrongly in block {}", found->block + 1);
}

}  // namespace bakeoff
