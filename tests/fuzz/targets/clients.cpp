// The client sides of the workloads, given what a server may send: loads of every kind of request, loads that do not
// compare, and verifiers.
#include "tests/fuzz/session_oracle.h"
#include "tests/fuzz/targets/targets.h"
#include "workloads/catalogue.h"

namespace bakeoff::fuzz::targets {
namespace {

constexpr int kAsked = 5;

struct ClientVariant {
  std::string_view request;
  bool verifier = false;
  bool check = true;
};

void check_client_of(std::string_view workload, std::span<const ClientVariant> variants, std::string_view input) {
  const SessionInput session(input);
  const ClientVariant& variant = variants[session.variant(variants.size())];
  const workloads::WorkloadEntry& entry = *workloads::find_workload(workload);
  constexpr std::size_t kMessage = 8;
  const workloads::ClientSettings settings{
      .message_bytes = kMessage, .request = std::string(variant.request), .check = variant.check};
  check_client(session, kAsked, [&] { return (variant.verifier ? entry.make_verifier : entry.make_client)(settings); });
}

}  // namespace

void http_client(std::string_view input) {
  static constexpr ClientVariant kVariants[] = {
      {"/"},       {"/id/{k}"},     {"/file/{zipf:3,0.5}"},  {"/calls/2/{k}"},
      {"/", true}, {"/page", true}, {"/page", false, false}, {"/{mixed:0.5,10}"}};
  check_client_of("http", kVariants, input);
}

void counter_client(std::string_view input) {
  static constexpr ClientVariant kVariants[] = {
      {"incr/k"},        {"get/k"},        {"set/k"},      {"ping"},
      {"kv/10,0.5,0.9"}, {"incr/k", true}, {"ping", true}, {"get/k", false, false}};
  check_client_of("counter", kVariants, input);
}

void echo_client(std::string_view input) {
  static constexpr ClientVariant kVariants[] = {{""}, {"lines"}, {"", true}, {"", false, false}};
  check_client_of("echo", kVariants, input);
}

}  // namespace bakeoff::fuzz::targets
