#include "harness/load/verify.h"

#include "harness/load/blocking_connection.h"
#include "harness/measure/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff::load {
namespace {

/// With a session's complaint behind it (workloads/client.cpp): those begin with the second word, and no ExchangeError
/// of a connection does.
constexpr const char* kVerify = "verify: ";
constexpr const char* kExpected = "expected ";

void run_verifier(BlockingConnection& connection, workloads::ClientSession& session, journal::ClientReceipt& receipt) {
  for (std::string request; session.next_request(request); request.clear()) {
    connection.send(request);
    ++receipt.requests;
    receipt.bytes_sent += request.size();
    for (std::uint32_t completed = 0; completed == 0;) {
      const std::string_view bytes = connection.receive();
      receipt.bytes_received += bytes.size();
      const workloads::Consumed consumed = session.consume(bytes);
      completed += consumed.completed;
      receipt.files += consumed.files;
      receipt.calls += consumed.calls;
      if (consumed.wrong != 0 || !consumed.refusal.empty()) throw ExchangeError(session.complaint());
      // A server that closes after a reply (an error reply may) has said so; the session goes on over a new connection.
      if (consumed.closing && completed != 0) {
        session.connection_ended();
        connection.connect();
      }
    }
    ++receipt.acknowledged;
  }
}

}  // namespace

VerifyResult verify_server(const AgentPlan& plan, const SocketAddress& peer, const std::atomic<bool>& stop,
                           journal::ClientReceipt& receipt) {
  workloads::ClientSettings settings = client_settings(plan, plan.load.connections);
  settings.whole = plan.verify_whole;
  const auto session = workloads::find_workload(plan.workload)->make_verifier(settings);
  const std::uint64_t deadline_ns = measure::now_ns() + static_cast<std::uint64_t>(plan.connect_timeout_s * 1e9);
  try {
    BlockingConnection connection(peer, deadline_ns, stop);
    run_verifier(connection, *session, receipt);
    return {};
  } catch (const ExchangeError& error) {
    return {.complaint = std::string(kVerify) + error.what(), .wrong_answer = !session->complaint().empty()};
  }
}

bool is_wrong_answer(std::string_view complaint) {
  return complaint.starts_with(std::string(kVerify) + kExpected);
}

}  // namespace bakeoff::load
