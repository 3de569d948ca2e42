// Both sides of a workload joined in memory, cut as the input says: a client never finds fault with our own server.
#include "tests/workloads/conversation.h"

#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"

namespace bakeoff::fuzz::targets {
namespace {

struct Talk {
  std::string_view workload, request;
};

/// Byte 1 of the rest is the seed, the others are the depths of the pipeline, in turn.
void talk(const Talk& talk, bool verify, SessionInput& cuts) {
  const auto service = workloads::make_service(talk.workload);
  workloads::Conversation server(*service);
  const workloads::WorkloadEntry& entry = *workloads::find_workload(talk.workload);
  const std::string_view numbers = cuts.bytes();
  const workloads::ClientSettings settings{.seed = numbers.empty() ? 1U : static_cast<unsigned char>(numbers.front()),
                                           .request = std::string(talk.request)};
  const auto client = (verify ? entry.make_verifier : entry.make_client)(settings);
  const auto in_pieces = [&](std::string_view bytes, auto&& take) {
    while (!bytes.empty()) {
      const std::string piece(bytes.substr(0, cuts.next_piece()));
      bytes.remove_prefix(piece.size());
      take(piece);
    }
  };
  workloads::Heard heard;
  std::uint64_t made = 0;
  bool more = true;
  for (std::size_t at = 1; more && at < numbers.size(); ++at) {
    constexpr unsigned kDepths = 8;
    std::string requests, replies;
    // A verifier asks one request at a time.
    const unsigned depth = verify ? 1 : 1 + static_cast<unsigned char>(numbers[at]) % kDepths;
    for (unsigned i = 0; i < depth && (more = client->next_request(requests)); ++i) ++made;
    in_pieces(requests, [&](std::string_view piece) { replies += server.say(piece); });
    in_pieces(replies, [&](std::string_view piece) { add(heard, client->consume(piece)); });
    require(heard.completed == made, "every request is answered");
  }
  require(!heard.broken && !heard.closing && heard.wrong == 0,
          "a client finds no fault with our own server: " + client->complaint());
  require(verify || heard.error_replies == 0,
          "a load that our own server knows is answered without an error: " + client->complaint());
}

}  // namespace

void conversation(std::string_view input) {
  static constexpr Talk kTalks[] = {
      {"echo", ""},
      {"echo", "lines"},
      {"http", "/"},
      {"http", "/id/{k}"},
      {"http", "/wait/{exponential:100}"},
      {"http", "/work/3"},
      {"http", "/file/{zipf:3,0.5}"},
      {"http", "/call/{k}"},
      {"http", "/calls/3/{k}"},
      {"http", "/calls-at-once/3/{k}"},
      {"http", "/{mixed:0.5,3}"},
      {"http", "/{mix: 1 hello, 2 id, 1 wait fixed:3, 1 work 3, 1 file zipf:3,0.5, 1 call}"},
      {"counter", "incr/k"},
      {"counter", "get/k"},
      {"counter", "set/k"},
      {"counter", "ping"},
      {"counter", "kv/10,0.5,0.9"}};
  SessionInput cuts(input);
  const std::size_t variant = cuts.variant(2 * std::size(kTalks));
  talk(kTalks[variant / 2], variant % 2 == 1, cuts);
}

}  // namespace bakeoff::fuzz::targets
