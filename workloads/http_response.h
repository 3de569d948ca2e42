// Reads HTTP/1 replies of any server, whole and whatever their framing, as the http workload's client needs them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workloads/http_chunks.h"
#include "workloads/http_reply_head.h"
#include "workloads/refusal.h"
#include "workloads/tail.h"

namespace bakeoff::workloads {

class HttpResponseReader {
 public:
  enum class ReadStatus : std::uint8_t { reply, more, broken };

  /// What happens to bodies. One that is kept is at most 4 MiB long.
  enum class Bodies : std::uint8_t { kept, counted };
  explicit HttpResponseReader(Bodies bodies = Bodies::kept) : bodies_(bodies) {}

  /// Reads at the front of `bytes`, where the last call's taken() ended. `to_head`: the reply is to a HEAD request.
  /// What it comes to does not depend on how the bytes were cut. Nothing may be read behind `broken`.
  ReadStatus read(std::string_view bytes, bool to_head);
  Taken taken() const { return taken_; }
  /// The connection has ended: `reply` when that was the end of the one that is being read, otherwise `more`.
  ReadStatus end();

  /// Somebody else has taken the reply whose head read() has looked at and found incomplete.
  void skip_reply() { scanned_ = 0; }

  /// A body has begun and is not complete: only read() may go on with it.
  bool in_body() const { return in_body_; }
  /// That body goes on to the end of the connection.
  bool ends_with_connection() const { return in_body_ && reply_.framing == ReplyHead::Framing::until_close; }

  /// After `reply`, until the next read.
  unsigned status() const { return reply_.status; }
  std::string_view body() const { return body_; }  ///< "" where bodies are counted only.
  bool closes() const { return reply_.closes; }
  /// The length of the body stands in the head once, and nothing else there says where it ends.
  bool has_plain_length() const { return reply_.plain; }
  /// Status line and fields as they came, with the empty line. Interim (1xx) replies leave no trace.
  std::string_view head() const { return head_; }

  /// After `broken`, as long as the bytes are there.
  const Refusal& refusal() const { return refusal_; }

 private:
  ReadStatus read_head(std::string_view bytes, bool to_head);
  ReadStatus read_body(std::string_view bytes, std::size_t used);
  ReadStatus read_chunks(std::string_view bytes, std::size_t used);
  bool keep(std::string_view part);
  ReadStatus more(std::size_t used, std::size_t needs);
  ReadStatus complete(std::size_t used);
  ReadStatus refuse(const Refusal& refusal);

  const Bodies bodies_;
  bool in_body_ = false;
  std::uint8_t interim_ = 0;  ///< Replies in front of this one.
  std::size_t scanned_ = 0;   ///< How far the end of the head has been looked for.
  ReplyHead reply_;
  std::uint64_t left_ = 0;  ///< Of a body whose length is known.
  std::optional<ChunkReader> chunks_;
  std::string head_;
  std::string body_;
  Taken taken_;
  Refusal refusal_;
};

}  // namespace bakeoff::workloads
