// What both client sessions of the http workload share: whole replies are read, and each is judged.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/catalogue.h"
#include "workloads/client.h"
#include "workloads/http_response.h"

namespace bakeoff::workloads {

inline std::string target_of(const ClientSettings& settings) {
  return settings.request.empty() ? "/" : settings.request;
}

inline void count_error(Consumed& consumed, unsigned status) {
  if (consumed.error_replies++ == 0) consumed.code = status;
}

/// Reads whole replies and has each of them judged.
class HttpReplyClient : public FramedClient {
 public:
  void connection_ended() final {
    FramedClient::connection_ended();
    closed_ = false;
  }

 protected:
  explicit HttpReplyClient(HttpResponseReader::Bodies bodies) : reader_(bodies) {}

  /// Whether the reply that comes next is to a HEAD request, and so has no body.
  virtual bool is_to_head() const { return false; }
  /// Judges the reply that comes next.
  virtual void judge(const HttpResponseReader& reply, Consumed& consumed) = 0;
  /// The server closes the connection: what else has been asked will not be answered.
  virtual void skip_due() = 0;

  Taken take(std::string_view bytes, Consumed& consumed) override {
    switch (reader_.read(bytes, is_to_head())) {
      case HttpResponseReader::ReadStatus::broken:
        return refuse(consumed, reader_.refusal());
      case HttpResponseReader::ReadStatus::more:
        return reader_.taken();
      case HttpResponseReader::ReadStatus::reply:
        break;
    }
    complete(consumed);
    return reader_.taken();
  }
  bool in_body() const { return reader_.in_body(); }
  /// The reply at the front is taken without the reader, which may have looked at a part of its head.
  void skip_reply() { reader_.skip_reply(); }

 private:
  void take_end(Consumed& consumed) override {
    if (reader_.end() == HttpResponseReader::ReadStatus::reply) complete(consumed);
  }

  /// RFC 9112, 9.2 and 2.2: what comes unasked is no reply, and an empty line is nothing. A 408 is how proxies say that
  /// a connection has been silent for too long (RFC 9110, 15.5.9).
  Taken take_unasked(std::string_view bytes, Consumed& consumed) override {
    constexpr std::string_view kTimedOut = "HTTP/1.1 408", kTimedOutBefore = "HTTP/1.0 408";
    const std::size_t empty = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    if (closed_) return {bytes.size(), 1};
    if (empty != 0) return {empty, 1};
    const std::string_view begin = bytes.substr(0, kTimedOut.size());
    if (!kTimedOut.starts_with(begin) && !kTimedOutBefore.starts_with(begin)) {
      return FramedClient::take_unasked(bytes, consumed);
    }
    if (begin.size() < kTimedOut.size()) return {0, begin.size() + 1};
    consumed.closing = closed_ = true;
    return {bytes.size(), 1};
  }

  void complete(Consumed& consumed) {
    answered(consumed);
    judge(reader_, consumed);
    closed_ = reader_.closes();
    if (!closed_) return;
    consumed.closing = true;
    skip_due();
    forget_due();
  }

  HttpResponseReader reader_;
  bool closed_ = false;  ///< The server has said that it closes: what still comes on the connection is nobody's.
};

}  // namespace bakeoff::workloads
