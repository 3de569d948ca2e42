#include "harness/selftest/observation.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/validity/validity.h"

namespace bakeoff::selftest {

std::string unexpected_failure(const Observation& seen) {
  const journal::ClientRow& row = seen.client.row;
  if (!row.errors.empty()) {
    const journal::ErrorCount& first = row.errors.front();
    return fmt::format("{} errors: {}{}{}{}{}", first.count, first.phase, first.code.empty() ? "" : " ", first.code,
                       seen.client.complaint.empty() ? "" : ": ", seen.client.complaint);
  }
  if (row.unfinished != 0) return fmt::format("{} requests got no reply", row.unfinished);
  const journal::ClientReceipt& client = seen.client.receipt;
  const journal::ServerReceipt& server = seen.server;
  if (client.acknowledged != client.requests || server.requests != client.requests) {
    return fmt::format("{}: {} requests sent, {} served, {} answered", validity::reason::kReceiptMismatch,
                       client.requests, server.requests.value_or(0), client.acknowledged);
  }
  if (server.bytes_received != client.bytes_sent || server.bytes_sent != client.bytes_received) {
    return fmt::format("{}: {} bytes sent, {} received by the server; {} sent by it, {} received",
                       validity::reason::kReceiptMismatch, client.bytes_sent, server.bytes_received.value_or(0),
                       server.bytes_sent.value_or(0), client.bytes_received);
  }
  return "";
}

bool only_timeouts(const Observation& seen) {
  const std::vector<journal::ErrorCount>& errors = seen.client.row.errors;
  return !errors.empty() && std::all_of(errors.begin(), errors.end(), [](const journal::ErrorCount& error) {
    return error.phase == "timeout" || error.phase == "late";
  });
}

bool throttled(const Observation& seen) {
  return seen.quota && seen.quota->throttled_us > 0;
}

std::string noise_reason(const Observation& seen) {
  if (!unexpected_failure(seen).empty() && !only_timeouts(seen)) return "";
  if (throttled(seen)) {
    return fmt::format("{}: a CPU quota of {:g} held up a side for {:.0f} ms", validity::reason::kThrottled,
                       seen.quota->cpus, seen.quota->throttled_us / 1000);
  }
  if (seen.foreign_share.value_or(0) > validity::kNoisyShare) {
    return fmt::format("{}: others took {:.1f} % of a CPU in use", validity::reason::kNoisy, *seen.foreign_share * 100);
  }
  if (seen.steal_share.value_or(0) > validity::kNoisyShare) {
    return fmt::format("{}: the hypervisor took {:.1f} % of a CPU in use", validity::reason::kNoisy,
                       *seen.steal_share * 100);
  }
  return "";
}

}  // namespace bakeoff::selftest
