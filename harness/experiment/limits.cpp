#include "harness/experiment/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "harness/measure/descriptor_limit.h"
#include "harness/subjects/builtin.h"

namespace bakeoff::experiment {
namespace {

bool load_ran_out_of_files(const journal::ClientRow& client) {
  return std::any_of(client.errors.begin(), client.errors.end(),
                     [](const journal::ErrorCount& error) { return error.code == "EMFILE" || error.code == "ENFILE"; });
}

std::uint64_t opened(const journal::ClientRow& client) {
  const journal::CrowdFacts crowd = client.crowd.value_or(journal::CrowdFacts{});
  return client.connections_open + crowd.idle + crowd.slow_senders + crowd.slow_readers;
}

/// Which limit the subject says that it met; "" for none.
std::string limit_met(const journal::ServerReceipt& receipt) {
  const std::uint64_t pauses = receipt.accept_pauses.value_or(0);
  if (pauses == 0 && !receipt.limit) return "";
  std::string text = "the subject met " + receipt.limit.value_or("a limit of the system");
  if (pauses != 0) text += fmt::format(" and stopped accepting {} time{}", pauses, pauses == 1 ? "" : "s");
  return text;
}

/// A sentence that says that the model cannot hold all the connections; "" when it can.
std::string too_many(const journal::Trial& row, const subjects::Subject& subject) {
  const auto most = subjects::connection_limit(subject, row.params);
  if (!most || row.params.load.connections_at_once() <= *most) return "";
  std::string text = fmt::format("{} serves at most {} connections at a time, one per {}", subject.model, *most,
                                 subject.unit.empty() ? "unit" : subject.unit);
  if (const std::uint64_t made = idle_that_fit(subject, row.params); made < row.params.load.idle) {
    text += fmt::format(": measured beside {} idle ones instead of {}", made, row.params.load.idle);
    const journal::SubjectRow cost = row.subject_cost.value_or(journal::SubjectRow{});
    if (cost.pss_per_connection_kib) text += fmt::format(", at {:.1f} KiB", *cost.pss_per_connection_kib);
    if (cost.kernel_per_connection_kib) {
      text += fmt::format(" and {:.1f} KiB of the kernel's", *cost.kernel_per_connection_kib);
    }
    if (cost.pss_per_connection_kib) text += " each";
  }
  return text;
}

}  // namespace

std::uint64_t idle_that_fit(const subjects::Subject& subject, const journal::Params& params) {
  const std::uint64_t idle = params.load.idle;
  const auto most = subjects::connection_limit(subject, params);
  if (!most) return idle;
  const std::uint64_t others = params.load.connections_at_once() - idle;
  return std::min(idle, *most - std::min(*most, others));
}

void note_limits(journal::Trial& row, const subjects::Subject& subject) {
  if (row.outcome == journal::Outcome::died) return;
  const journal::ServerReceipt receipt = row.server_receipt.value_or(journal::ServerReceipt{});
  const bool out_of_files = row.client && load_ran_out_of_files(*row.client);
  std::string detail;
  if (out_of_files) {
    detail = fmt::format("{} of {} connections: the load's descriptor limit is {}", opened(*row.client),
                         row.params.load.all_connections(), measure::most_descriptors());
  }
  const std::string cannot = too_many(row, subject);
  for (const std::string& said : {limit_met(receipt), cannot}) {
    if (!said.empty()) detail += (detail.empty() ? "" : "; ") + said;
  }
  if (detail.empty()) return;
  // All of them sent requests, and some were never served. That is a result (starved, see validity): its figures count.
  if (detail == cannot && row.client && idle_that_fit(subject, row.params) == row.params.load.idle) {
    if (row.outcome_detail.empty()) row.outcome_detail = detail;
    return;
  }
  // A load that could not connect has said why.
  if (!row.client && !row.outcome_detail.empty()) detail += "; " + row.outcome_detail;
  row.outcome = journal::Outcome::limit;
  row.outcome_detail = detail;
  if (out_of_files || receipt.limit.value_or("").starts_with("RLIMIT_NOFILE"))
    row.descriptor_limit = measure::most_descriptors();
}

}  // namespace bakeoff::experiment
