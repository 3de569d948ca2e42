// What a server sends to `bakeoff conform`, which cuts it into replies.
#include "harness/conform/reply_reader.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"

namespace bakeoff::fuzz::targets {
namespace {

std::string replies_in(std::string_view workload, std::string_view bytes, auto&& size_of_next) {
  constexpr std::size_t kMessage = 8;
  conform::ReplyReader reader(workload, kMessage, {false, true, false, false, true});
  std::string came, replies;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, size_of_next());
    came += piece;
    bytes.remove_prefix(piece.size());
    while (const auto reply = reader.take(came)) replies += *reply + "\n";
  }
  if (!reader.complaint().empty()) require_one_line(reader.complaint());
  return replies + "complaint: " + (reader.complaint().empty() ? "no" : "yes");
}

}  // namespace

void conform_replies(std::string_view input) {
  static constexpr std::string_view kWorkloads[] = {"echo", "http", "counter"};
  SessionInput session(input);
  const std::string_view workload = kWorkloads[session.variant(std::size(kWorkloads))];
  const std::string_view bytes = session.bytes();
  const PeakMemory memory;
  const std::string expected = replies_in(workload, bytes, [&] { return bytes.size(); });
  require_equal(replies_in(workload, bytes, [] { return std::size_t{1}; }), expected,
                "replies come however they are cut");
  require_equal(replies_in(workload, bytes, [&] { return session.next_piece(); }), expected,
                "replies come however they are cut");
  conform::head_requests(bytes);
  memory.require_at_most(256UL * 1024, 64, bytes.size());
}

}  // namespace bakeoff::fuzz::targets
