// The rows of HTTP_REPLIES.md, and what bytes come to in the words of that page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/http_response.h"
#include "workloads/tail.h"

namespace bakeoff::workloads {

struct ReplyCase {
  std::string name, asked, bytes, comes_to;
};

std::vector<ReplyCase> read_reply_cases();

/// Reads replies as a client does. What it says is of the last one.
class ReplyReading {
 public:
  explicit ReplyReading(bool to_head) : to_head_(to_head) {}

  void feed(std::string_view bytes);
  /// "200 hi closes", after the server has ended the connection.
  std::string end();

 private:
  Taken take(std::string_view bytes);
  void say_reply(const std::string& how);

  const bool to_head_;
  HttpResponseReader reader_;
  Tail tail_;
  bool over_ = false;
  std::string said_;
};

}  // namespace bakeoff::workloads
