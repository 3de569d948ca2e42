// What a server is told on a connection of its own, and what PROTOCOLS.md wants it to answer, as plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/file_set.h"

namespace bakeoff::conform {

/// How a connection ends, once all replies have come.
enum class Ending : std::uint8_t {
  stays,   ///< It goes on: a further request is answered.
  closes,  ///< The server closes it.
  free,    ///< Either. Of a server that closes, replies to what came last may be missing.
};

/// Replies are compared in their short form (reply_reader.h): "200 Hello, World!", "+PONG".
struct ConversationCase {
  std::string name;                   ///< "requests in single bytes".
  std::vector<std::string> pieces;    ///< Sent one after the other.
  std::vector<std::string> expected;  ///< A reply to each request.
  Ending ending = Ending::stays;
  bool ends_input = false;  ///< Half a close follows the pieces.
};

/// What is talked about.
struct Topic {
  std::string workload;                       ///< echo, http or counter.
  std::size_t message_bytes = 64;             ///< Of echo.
  bool answers_all = true;                    ///< Of http; false: "/" is all that is answered, and files.
  std::optional<workloads::FileSet> files{};  ///< Of http: those that it serves, a few; absent where it serves none.
  bool calls = false;                         ///< Of http: it has a back end.
};

/// Pure.
std::vector<ConversationCase> conversation_cases(const Topic& topic);

/// A request that every server of the workload answers, and its reply; `number` makes it different.
struct PlainRequest {
  std::string bytes, reply;
};
PlainRequest plain_request(const Topic& topic, std::uint64_t number);

}  // namespace bakeoff::conform
