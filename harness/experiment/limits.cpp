#include "harness/experiment/limits.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>

#include "harness/subjects/builtin.h"

namespace bakeoff {
namespace {

/// Subjects and agents raise theirs to it.
std::uint64_t descriptor_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_max;
}

bool load_ran_out_of_files(const ClientRow& client) {
  return std::any_of(client.errors.begin(), client.errors.end(),
                     [](const ErrorCount& error) { return error.code == "EMFILE" || error.code == "ENFILE"; });
}

std::uint64_t asked_for(const Params& params) {
  return params.connections.value_or(0) + params.idle.value_or(0) + params.slow_senders.value_or(0) +
         params.slow_readers.value_or(0);
}

std::uint64_t opened(const ClientRow& client) {
  const Crowd crowd = client.crowd.value_or(Crowd{});
  return client.connections_open + crowd.idle + crowd.slow_senders + crowd.slow_readers;
}

/// What the subject says that it met; "" for nothing.
std::string met(const ServerReceipt& receipt) {
  const std::uint64_t pauses = receipt.accept_pauses.value_or(0);
  if (pauses == 0 && !receipt.limit) return "";
  std::string text = "the subject met " + receipt.limit.value_or("a limit of the system");
  if (pauses != 0) text += fmt::format(" and stopped accepting {} time{}", pauses, pauses == 1 ? "" : "s");
  return text;
}

/// What a model cannot hold; "" when it can.
std::string too_many(const Trial& row, const Subject& subject) {
  const auto most = connection_limit(subject, row.params);
  if (!most || connections_at_once(row.params) <= *most) return "";
  std::string text = fmt::format("{} serves at most {} connections at a time, one a {}", subject.model, *most,
                                 subject.unit.empty() ? "unit" : subject.unit);
  if (const std::uint64_t made = idle_that_fit(subject, row.params); made < row.params.idle.value_or(0)) {
    text += fmt::format(": measured beside {} idle ones instead of {}", made, *row.params.idle);
    const SubjectRow cost = row.subject_cost.value_or(SubjectRow{});
    if (cost.pss_per_connection_kib) text += fmt::format(", at {:.1f} KiB", *cost.pss_per_connection_kib);
    if (cost.kernel_per_connection_kib) {
      text += fmt::format(" and {:.1f} KiB of the kernel's", *cost.kernel_per_connection_kib);
    }
    if (cost.pss_per_connection_kib) text += " each";
  }
  return text;
}

}  // namespace

std::uint64_t idle_that_fit(const Subject& subject, const Params& params) {
  const std::uint64_t idle = params.idle.value_or(0);
  const auto most = connection_limit(subject, params);
  if (!most) return idle;
  const std::uint64_t others = connections_at_once(params) - idle;
  return std::min(idle, *most - std::min(*most, others));
}

void note_limits(Trial& row, const Subject& subject) {
  if (row.outcome == Outcome::died) return;
  const ServerReceipt receipt = row.server_receipt.value_or(ServerReceipt{});
  const bool out_of_files = row.client && load_ran_out_of_files(*row.client);
  std::string detail;
  if (out_of_files) {
    detail = fmt::format("{} of {} connections: the load's descriptor limit is {}", opened(*row.client),
                         asked_for(row.params), descriptor_limit());
  }
  const std::string cannot = too_many(row, subject);
  for (const std::string& said : {met(receipt), cannot}) {
    if (!said.empty()) detail += (detail.empty() ? "" : "; ") + said;
  }
  if (detail.empty()) return;
  // All of them asked, and some were never served: that is a result (starved, see validity), and its figures count.
  if (detail == cannot && row.client && idle_that_fit(subject, row.params) == row.params.idle.value_or(0)) {
    if (row.outcome_detail.empty()) row.outcome_detail = detail;
    return;
  }
  // A load that was locked out has said why.
  if (!row.client && !row.outcome_detail.empty()) detail += "; " + row.outcome_detail;
  row.outcome = Outcome::limit;
  row.outcome_detail = detail;
  if (out_of_files || receipt.limit.value_or("").starts_with("RLIMIT_NOFILE"))
    row.descriptor_limit = descriptor_limit();
}

}  // namespace bakeoff
