// What a queue in Redis sends: to a worker, and to the harness that looks after it.
#include "harness/experiment/queue_client.h"
#include "harness/load/blocking_connection.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_oracle.h"
#include "tests/fuzz/targets/targets.h"
#include "workloads/queue/worker_service.h"
#include "workloads/resp.h"

namespace bakeoff::fuzz::targets {
namespace {

using namespace workloads::queue;

void read_by_harness(std::string_view bytes) {
  workloads::ReplyScanner scanner;
  if (scanner.scan(bytes) != workloads::ReplyScanner::ReadStatus::reply) return;
  const auto texts = read_or_refuse<load::ExchangeError>(
      [&] { return experiment::texts_of_reply(bytes.substr(0, scanner.taken().bytes)); });
  if (!texts) return;
  for (const std::string& text : *texts) {
    if (const auto job = parse_job(text)) {
      require_round_trip(
          to_text(*job), [](const auto& again) { return parse_job(again).value(); },
          [](const QueuedJob& read) { return to_text(read); });
    }
    if (const auto record = parse_record(text)) {
      require_round_trip(
          to_text(*record), [](const auto& again) { return parse_record(again).value(); },
          [](const JobRecord& read) { return to_text(read); });
    }
    experiment::number_in_info(text, "connected_clients");
  }
}

}  // namespace

void queue_replies(std::string_view input) {
  const SessionInput session(input);
  constexpr std::size_t kVariants = 3;
  const std::size_t variant = session.variant(kVariants);
  if (variant == 2) return read_by_harness(session.bytes());
  check_server(session, [&] {
    return std::make_unique<WorkerService>("w", variant == 0 ? Acknowledge::before : Acknowledge::after,
                                           WorkerService::Outside{.clock = [] { return std::uint64_t{5}; }});
  });
}

}  // namespace bakeoff::fuzz::targets
