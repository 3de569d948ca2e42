#include "workloads/http_response.h"

#include <algorithm>
#include <limits>

#include "workloads/framing.h"

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kLongestHead = 64UL * 1024;
/// A server that never comes to its reply would be listened to without end.
constexpr std::uint8_t kMostInterim = 64;

constexpr Refusal kBodyTooLong{refusal::kReplyTooLong, "a body of at most 4 MiB, because it is compared", "more"};

/// The size of the head at the front of the bytes, with its empty line; 0 when the end is not there. `scanned` is how
/// far it has been looked for.
std::size_t size_of_head(std::string_view bytes, std::size_t& scanned) {
  for (std::size_t at = scanned;;) {
    const std::size_t lf = bytes.find('\n', at);
    if (lf == std::string_view::npos) {
      scanned = bytes.size();
      return 0;
    }
    const std::string_view behind = bytes.substr(lf + 1, 2);
    if (behind.starts_with('\n')) return lf + 2;
    if (behind == "\r\n") return lf + 3;
    if (behind.empty() || behind == "\r") {
      scanned = lf;
      return 0;
    }
    at = lf + 1;
  }
}

}  // namespace

HttpResponseReader::ReadStatus HttpResponseReader::read(std::string_view bytes, bool to_head) {
  if (in_body_) return read_body(bytes, 0);
  // RFC 9112, 2.2 has it for servers; servers that send an empty line behind a body are as common.
  const std::size_t empty = scanned_ != 0 ? 0 : std::min(bytes.find_first_not_of("\r\n"), bytes.size());
  if (empty == bytes.size()) return more(empty, 1);
  const ReadStatus status = read_head(bytes.substr(empty), to_head);
  taken_.bytes += empty;
  return status;
}

HttpResponseReader::ReadStatus HttpResponseReader::read_head(std::string_view bytes, bool to_head) {
  if (const Refusal refused = refuse_beginning(bytes); !refused.code.empty()) return refuse(refused);
  // The head is taken whole, because the next one is probably the same, byte for byte.
  const std::size_t size = size_of_head(bytes, scanned_);
  if ((size != 0 ? size : bytes.size()) > kLongestHead) {
    return refuse({refusal::kHeadTooLong, "an HTTP head of at most 64 KiB", "more"});
  }
  if (size == 0) return more(0, bytes.size() + 1);
  scanned_ = 0;
  if (const Refusal refused = read_reply_head(bytes.substr(0, size), to_head, reply_); !refused.code.empty()) {
    return refuse(refused);
  }
  if (reply_.status < 200) {
    if (++interim_ > kMostInterim) return refuse({refusal::kInterim, "a reply behind 64 interim ones", bytes});
    return more(size, 1);
  }
  interim_ = 0;
  head_.assign(bytes.substr(0, size));
  body_.clear();
  left_ = reply_.framing == ReplyHead::Framing::length ? reply_.length : 0;
  if (bodies_ == Bodies::kept && left_ > kMessageCap) return refuse(kBodyTooLong);
  if (reply_.framing == ReplyHead::Framing::chunked) {
    const std::uint64_t most = bodies_ == Bodies::kept ? kMessageCap : std::numeric_limits<std::uint64_t>::max();
    chunks_.emplace(HttpLines::lenient, most);
  }
  in_body_ = true;
  return read_body(bytes, size);
}

/// The body goes on behind `used` bytes.
HttpResponseReader::ReadStatus HttpResponseReader::read_body(std::string_view bytes, std::size_t used) {
  switch (reply_.framing) {
    case ReplyHead::Framing::no_body:
      return complete(used);
    case ReplyHead::Framing::length: {
      const std::string_view part = bytes.substr(used, std::min<std::uint64_t>(left_, bytes.size()));
      keep(part);
      left_ -= part.size();
      return left_ == 0 ? complete(used + part.size()) : more(bytes.size(), 1);
    }
    case ReplyHead::Framing::chunked:
      return read_chunks(bytes, used);
    case ReplyHead::Framing::until_close:
      return keep(bytes.substr(used)) ? more(bytes.size(), 1) : refuse(kBodyTooLong);
  }
  return refuse({});
}

HttpResponseReader::ReadStatus HttpResponseReader::read_chunks(std::string_view bytes, std::size_t used) {
  for (;;) {
    const ChunkReader::Piece piece = chunks_->next(bytes.substr(used));
    used += piece.used;
    switch (piece.event) {
      case ChunkReader::Event::data:
        keep(piece.data);
        break;
      case ChunkReader::Event::more:
        return more(used, 1);
      case ChunkReader::Event::end:
        return complete(used);
      case ChunkReader::Event::broken:
        return refuse({refusal::kBadChunk, "a body in chunks", bytes.substr(used - 1)});
      case ChunkReader::Event::too_long:
        return refuse(kBodyTooLong);
    }
  }
}

HttpResponseReader::ReadStatus HttpResponseReader::end() {
  return ends_with_connection() ? complete(0) : more(0, 1);
}

/// False when that is more than may be kept.
bool HttpResponseReader::keep(std::string_view part) {
  if (bodies_ == Bodies::counted) return true;
  if (part.size() > kMessageCap - body_.size()) return false;
  body_.append(part);
  return true;
}

HttpResponseReader::ReadStatus HttpResponseReader::more(std::size_t used, std::size_t needs) {
  taken_ = {used, needs};
  return ReadStatus::more;
}

HttpResponseReader::ReadStatus HttpResponseReader::complete(std::size_t used) {
  in_body_ = false;
  taken_ = {used, 0};
  return ReadStatus::reply;
}

HttpResponseReader::ReadStatus HttpResponseReader::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return ReadStatus::broken;
}

}  // namespace bakeoff::workloads
