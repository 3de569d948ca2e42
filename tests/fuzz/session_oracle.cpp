#include "tests/fuzz/session_oracle.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/fuzz/oracle.h"
#include "tests/workloads/conversation.h"
#include "workloads/file_set.h"

namespace bakeoff::fuzz {
namespace {

using workloads::Consumed;
using workloads::Conversation;
using workloads::Service;
using workloads::ServiceReceipt;
using workloads::Step;

/// Sizes of pieces, one after the other.
using Pieces = std::function<std::size_t()>;

std::array<Pieces, 3> ways_to_cut(SessionInput& input) {
  return {[whole = input.bytes().size()] { return whole; }, [] { return std::size_t{1}; },
          [&input] { return input.next_piece(); }};
}

/// Everything that a session did, as a text that two ways to cut can be compared by.
std::string account_of(Service& service, std::string_view bytes, const Pieces& size_of_next) {
  std::string replies, did;
  {
    Conversation conversation(service, workloads::kThreeFiles, [](const workloads::Work& work) { return work.seed; });
    replies = conversation.say_in_pieces(bytes, size_of_next);
    did = conversation.closed() ? "closed" : "open";
    for (const Step& step : conversation.steps()) {
      // Where the replies pass their cap depends on the cuts.
      if (step.want == Step::Want::flush) continue;
      did += " " + std::to_string(static_cast<int>(step.want)) + ":" + std::to_string(step.pause.count()) + ":" +
             std::to_string(step.work.rounds) + ":" + std::to_string(step.file.number) + ":" +
             std::to_string(step.calls.count);
    }
  }
  const ServiceReceipt receipt = service.receipt();
  did += " requests " + std::to_string(receipt.requests) + " files " + std::to_string(receipt.files) + " calls " +
         std::to_string(receipt.calls) + " counter " + std::to_string(receipt.final_counter.value_or(0)) + "\n";
  return did + replies;
}

/// Everything that a client heard.
std::string heard_by(workloads::ClientSession& client, std::string_view bytes, int asked, const Pieces& size_of_next) {
  int made = 0;
  for (std::string ignored; made < asked && client.next_request(ignored); ignored.clear()) ++made;
  workloads::Heard heard;
  std::uint64_t files = 0, calls = 0;
  workloads::ReplyCode code;
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
  const auto take = [&](const Consumed& consumed) {
    require(!heard.broken || consumed.completed == 0, "nothing is read from a connection that is broken");
    add(heard, consumed);
    files += consumed.files;
    calls += consumed.calls;
    if (code.empty()) code = consumed.code;
  };
  while (!bytes.empty()) {
    // A copy of its own, so that reading beyond the piece or after the call is seen by the sanitizer.
    const std::vector<char> piece(bytes.begin(),
                                  bytes.begin() + static_cast<std::ptrdiff_t>(std::min(size_of_next(), bytes.size())));
    bytes.remove_prefix(piece.size());
    take(client.consume({piece.data(), piece.size()}));
  }
  take(client.end());
  require(heard.completed <= static_cast<std::uint64_t>(made), "no reply is counted that was not asked for");
  require(heard.wrong <= heard.completed, "what is counted as wrong is a reply");
  // A server without room says so unasked.
  require(heard.error_replies <= heard.completed + lines, "what is counted as an error is a reply, or a line at least");
  const bool complains = heard.error_replies != 0 || heard.wrong != 0 || heard.broken;
  require(complains == !client.complaint().empty(),
          "a complaint is there for an error, a wrong reply and a broken one");
  if (complains) require_one_line(client.complaint());
  return "completed " + std::to_string(heard.completed) + " errors " + std::to_string(heard.error_replies) + " wrong " +
         std::to_string(heard.wrong) + " files " + std::to_string(files) + " calls " + std::to_string(calls) +
         " code " + std::string(code.view()) + (heard.broken ? " broken" : "") + (heard.closing ? " closing" : "");
}

/// What the process makes once, at its first use, is no memory of a session.
void make_what_is_made_once() {
  static const bool made = workloads::is_file_part(0, 100, 50, "x");
  static_cast<void>(made);
}

}  // namespace

void check_server(SessionInput input, const std::function<std::unique_ptr<Service>()>& make) {
  make_what_is_made_once();
  const PeakMemory memory;
  const auto ways = ways_to_cut(input);
  const std::string expected = account_of(*make(), input.bytes(), ways[0]);
  for (const Pieces& way : {ways[1], ways[2]}) {
    require_equal(account_of(*make(), input.bytes(), way), expected, "a server does the same however bytes are cut");
  }
  // A reply may be longer than its request, which is no fault of the reader's.
  memory.require_at_most(512UL * 1024, 64, input.bytes().size() + expected.size());
}

void check_client(SessionInput input, int asked,
                  const std::function<std::unique_ptr<workloads::ClientSession>()>& make) {
  make_what_is_made_once();
  const PeakMemory memory;
  const auto ways = ways_to_cut(input);
  const std::string expected = heard_by(*make(), input.bytes(), asked, ways[0]);
  for (const Pieces& way : {ways[1], ways[2]}) {
    require_equal(heard_by(*make(), input.bytes(), asked, way), expected,
                  "a client hears the same however bytes are cut");
  }
  memory.require_at_most(256UL * 1024, 16, input.bytes().size());
}

}  // namespace bakeoff::fuzz
