// Reads HTTP/1.1 replies of any server, as the http workload's client needs them: whole bodies, whatever their framing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workloads/tail.h"

namespace bakeoff::workloads {

class HttpResponseParser;

class HttpResponseReader {
 public:
  enum class ReadStatus : std::uint8_t { reply, more, broken };

  HttpResponseReader();
  ~HttpResponseReader();

  /// Reads at the front of `bytes`, where the last call's taken() ended. `to_head`: the reply is to a HEAD request.
  ReadStatus read(std::string_view bytes, bool to_head);
  Taken taken() const { return taken_; }

  /// A reply has begun and is not complete: only read() may go on with it.
  bool in_reply() const { return parser_ != nullptr || scanned_ != 0; }

  /// After `reply`, until the next read.
  unsigned status() const { return status_; }
  std::string_view body() const { return body_; }
  bool closes() const { return closes_; }
  /// Status line and fields as they came, with the empty line. Interim (1xx) replies leave no trace.
  std::string_view head() const { return head_; }

  /// After `broken`: what was wrong.
  std::string_view problem() const { return problem_; }

 private:
  ReadStatus more(std::size_t used, std::size_t needs);
  ReadStatus fail(std::string_view problem);

  std::unique_ptr<HttpResponseParser> parser_;  // While a reply is being read only.
  std::string head_;
  std::string body_;
  std::size_t scanned_ = 0;
  Taken taken_;
  unsigned status_ = 0;
  bool closes_ = false;
  std::string_view problem_;
};

}  // namespace bakeoff::workloads
