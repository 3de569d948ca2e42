// Cuts what a server sends into replies and brings each into a short form in which any server's can be compared:
//
//   echo      the message
//   http      "200 Hello, World!": status and body; of a HEAD "200 HEAD 13": status and Content-Length; from 400 on the
//             status alone
//   counter   the bytes of the reply; an error, whatever it says, is "-"
//
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::conform {

class ReplyReader {
 public:
  /// `heads`: for http, which of the requests, in their order, are HEAD.
  ReplyReader(std::string_view workload, std::size_t message_bytes, std::vector<bool> heads = {});

  /// The next whole reply at the front of `bytes`, which is removed from it; nullopt when it is not complete.
  std::optional<std::string> take(std::string& bytes);

  /// What is wrong with a reply beside its content ("no Date field"), or why it is none; "" while nothing is. After a
  /// reply that is none, take() gives nullopt.
  const std::string& complaint() const { return complaint_; }

 private:
  std::optional<std::string> take_http(std::string& bytes);
  std::optional<std::string> take_counter(std::string& bytes);
  void complain(const std::string& what);

  std::string workload_;
  std::size_t message_bytes_;
  std::vector<bool> heads_;
  std::size_t taken_ = 0;
  std::string complaint_;
  bool broken_ = false;
};

/// Of the requests in these bytes, which are HEAD.
std::vector<bool> head_requests(std::string_view requests);

}  // namespace bakeoff::conform
