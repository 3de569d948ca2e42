// What a back end sends: the three protocols, of PostgreSQL before and after its greeting.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"
#include "workloads/back_end.h"

namespace bakeoff::fuzz::targets {
namespace {

using workloads::BackEndProtocol;
using workloads::BackEndSession;
using Heard = BackEndSession::Heard;

struct Answer {
  Heard heard = Heard::more;
  std::string text;
  std::size_t bytes = 0;  ///< Taken until then.
};

struct Kind {
  BackEndProtocol protocol;
  std::string_view greeting{};  ///< Comes first, and is right.
};

std::unique_ptr<BackEndSession> asking(const Kind& kind) {
  auto session = workloads::make_back_end_session(kind.protocol);
  std::string requests;
  session->greet(requests);
  if (!kind.greeting.empty()) {
    require(session->consume(kind.greeting) == Heard::ready, "PostgreSQL may be asked behind its greeting");
  }
  if (session->is_ready()) session->ask(7, requests);
  return session;
}

Answer answer_of(const Kind& kind, std::string_view bytes, auto&& size_of_next) {
  const auto session = asking(kind);
  Answer answer;
  while (!bytes.empty() && answer.heard == Heard::more) {
    const std::string piece(bytes.substr(0, size_of_next()));
    bytes.remove_prefix(piece.size());
    answer.bytes += piece.size();
    answer.heard = session->consume(piece);
    // It lives until the next call.
    if (answer.heard == Heard::answer) answer.text = session->answer();
  }
  return answer;
}

}  // namespace

void back_end_answers(std::string_view input) {
  using namespace std::string_view_literals;
  static constexpr Kind kKinds[] = {{BackEndProtocol::http},
                                    {BackEndProtocol::redis},
                                    {BackEndProtocol::postgres},
                                    {BackEndProtocol::postgres, "R\0\0\0\10\0\0\0\0Z\0\0\0\5I"sv}};
  SessionInput session(input);
  const Kind& kind = kKinds[session.variant(std::size(kKinds))];
  const std::string_view bytes = session.bytes();
  const PeakMemory memory;
  const Answer slowly = answer_of(kind, bytes, [] { return std::size_t{1}; });
  for (const bool whole : {true, false}) {
    const Answer cut = answer_of(kind, bytes, [&] { return whole ? bytes.size() : session.next_piece(); });
    // Bytes behind an answer, in the piece that ends it, break the connection.
    const bool behind = slowly.heard != Heard::more && cut.bytes > slowly.bytes;
    require(cut.heard == (behind ? Heard::broken : slowly.heard), "an answer is the same however bytes are cut");
    if (cut.heard == Heard::answer) require_equal(cut.text, slowly.text, "an answer is the same however bytes are cut");
  }
  memory.require_at_most(64UL * 1024, 32, bytes.size());
}

}  // namespace bakeoff::fuzz::targets
