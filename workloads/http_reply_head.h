// The head of an HTTP reply as clients of the field read it: what RFC 9112 lets a recipient take is taken.
// HTTP_REPLIES.md has each case. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "workloads/refusal.h"

namespace bakeoff::workloads {

/// What a reply's head says of the reply.
struct ReplyHead {
  /// What ends the body (RFC 9112, 6.3).
  enum class Framing : std::uint8_t { no_body, length, chunked, until_close };
  unsigned status = 0;
  Framing framing = Framing::no_body;
  std::uint64_t length = 0;  ///< Of `length`: in bytes.
  bool closes = false;       ///< The server closes behind the reply.
  bool plain = false;        ///< The body's length is said once, and nothing else is said of its framing.
};

/// Reads a head that is complete, with its empty line. `to_head`: the request was HEAD. Returns why it is refused;
/// `reply` is undefined then.
Refusal read_reply_head(std::string_view head, bool to_head, ReplyHead& reply);

/// Why bytes that need not be a whole head yet cannot become one; nothing is refused that may.
Refusal refuse_beginning(std::string_view bytes);

}  // namespace bakeoff::workloads
