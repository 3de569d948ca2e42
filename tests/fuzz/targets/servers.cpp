// The server sides of the workloads, given what a client may send.
#include "tests/fuzz/session_oracle.h"
#include "tests/fuzz/targets/targets.h"
#include "tests/workloads/conversation.h"

namespace bakeoff::fuzz::targets {
namespace {

void check_server_of(std::string_view workload, std::string_view input) {
  const SessionInput session(input);
  constexpr workloads::StoreKind kKinds[] = {workloads::StoreKind::unshared, workloads::StoreKind::locked};
  const workloads::StoreKind kind = kKinds[session.variant(std::size(kKinds))];
  check_server(session, [&] { return workloads::make_service(workload, kind); });
}

}  // namespace

void http_server(std::string_view input) {
  check_server_of("http", input);
}

void counter_server(std::string_view input) {
  check_server_of("counter", input);
}

void echo_server(std::string_view input) {
  const SessionInput session(input);
  constexpr std::size_t kSizes[] = {1, 2, 64, 1000};
  check_server(session, [&] {
    return workloads::make_service("echo", workloads::StoreKind::unshared, kSizes[session.variant(std::size(kSizes))]);
  });
}

}  // namespace bakeoff::fuzz::targets
