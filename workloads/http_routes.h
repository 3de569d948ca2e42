// What the http workload's server answers: its targets, and the bytes of its replies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bakeoff::workloads {

/// What a target asks for.
struct HttpRoute {
  enum class Kind : std::uint8_t {
    hello,
    id,
    wait,
    work,
    file,
    call,
    calls_at_once,
    bad_request,
    not_found,
    bad_method
  };
  Kind kind = Kind::not_found;
  std::uint64_t number = 0;  ///< The number in the target: an id, microseconds, rounds of work, a file, or an item.
  std::uint16_t calls = 0;   ///< How many, of call and calls_at_once.
};

inline constexpr std::uint64_t kLongestWaitUs = 60'000'000;
inline constexpr std::uint64_t kMostRounds = 1'000'000'000;

/// Takes origin-form ("/id/5?x") and absolute-form ("http://host/id/5"); the query is ignored.
HttpRoute http_route(std::string_view target);

enum class HttpStatus : std::uint8_t {
  bad_request,
  not_found,
  bad_method,
  body_too_large,
  fields_too_large,
  server_error,
  bad_gateway,
  gateway_timeout,
};

/// How a request wants its reply, apart from what is in it.
struct HttpReply {
  bool head = false;        ///< The same reply, without its body.
  bool closes = false;      ///< Says "Connection: close".
  bool keep_alive = false;  ///< Says "Connection: keep-alive": an HTTP/1.0 client has to be told.
};

/// The body of GET /.
inline constexpr std::string_view kHelloBody = "Hello, World!";

void append_hello(std::string& out, const HttpReply& reply, std::string_view date);
void append_http_ok(std::string& out, const HttpReply& reply, std::string_view body, std::string_view date);
/// The head of a reply whose body, `bytes` long, follows it.
void append_http_head(std::string& out, const HttpReply& reply, std::uint64_t bytes, std::string_view date);
void append_http_error(std::string& out, const HttpReply& reply, HttpStatus status, std::string_view date);

}  // namespace bakeoff::workloads
