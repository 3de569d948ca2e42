// Targets and replies of the http workload.
#include "workloads/http_routes.h"

#include <algorithm>
#include <cstring>

#include "workloads/back_end.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kDateSize = 29;

// The hot reply is one copy; the date is written over the blanks.
constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\nServer: bakeoff\r\nDate:                              \r\n"
    "Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
constexpr std::size_t kDateAt = kHello.find("Date: ") + 6;
static_assert(kHello.substr(kDateAt + kDateSize, 2) == "\r\n");

struct StatusLines {
  std::string_view head;  ///< Status line and what this status adds.
  std::string_view body;
};

StatusLines lines_of(HttpStatus status) {
  switch (status) {
    case HttpStatus::not_found:
      return {"HTTP/1.1 404 Not Found\r\n", "Not Found"};
    case HttpStatus::bad_method:
      return {"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n", "Method Not Allowed"};
    case HttpStatus::body_too_large:
      return {"HTTP/1.1 413 Content Too Large\r\n", "Content Too Large"};
    case HttpStatus::fields_too_large:
      return {"HTTP/1.1 431 Request Header Fields Too Large\r\n", "Request Header Fields Too Large"};
    case HttpStatus::server_error:
      return {"HTTP/1.1 500 Internal Server Error\r\n", "Internal Server Error"};
    case HttpStatus::bad_gateway:
      return {"HTTP/1.1 502 Bad Gateway\r\n", "Bad Gateway"};
    case HttpStatus::gateway_timeout:
      return {"HTTP/1.1 504 Gateway Timeout\r\n", "Gateway Timeout"};
    case HttpStatus::bad_request:
      break;
  }
  return {"HTTP/1.1 400 Bad Request\r\n", "Bad Request"};
}

constexpr std::string_view kOkLine = "HTTP/1.1 200 OK\r\n";

void append_head(std::string& out, std::string_view status, const HttpReply& reply, std::uint64_t bytes,
                 std::string_view date) {
  out.append(status).append("Server: bakeoff\r\nDate: ").append(date);
  out.append("\r\nContent-Type: text/plain\r\nContent-Length: ").append(Digits(bytes).view());
  if (reply.closes) {
    out.append("\r\nConnection: close");
  } else if (reply.keep_alive) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
}

void append_reply(std::string& out, const StatusLines& lines, const HttpReply& reply, std::string_view date) {
  append_head(out, lines.head, reply, lines.body.size(), date);
  if (!reply.head) out.append(lines.body);
}

HttpRoute numbered(HttpRoute::Kind kind, std::string_view text, std::uint64_t most) {
  const auto number = parse_unsigned(text);
  if (!number || *number > most) return {HttpRoute::Kind::bad_request};
  return {.kind = kind, .number = *number};
}

/// "<n>/<k>"
HttpRoute several_calls(HttpRoute::Kind kind, std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto calls = parse_unsigned(text.substr(0, slash));
  if (!calls || *calls == 0 || *calls > kMostCalls || slash == text.size()) return {HttpRoute::Kind::bad_request};
  HttpRoute route = numbered(kind, text.substr(slash + 1), kBackEndItems - 1);
  if (route.kind == kind) route.calls = static_cast<std::uint16_t>(*calls);
  return route;
}

HttpRoute one_call(std::string_view text) {
  HttpRoute route = numbered(HttpRoute::Kind::call, text, kBackEndItems - 1);
  if (route.kind == HttpRoute::Kind::call) route.calls = 1;
  return route;
}

}  // namespace

HttpRoute http_route(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (target.starts_with(kScheme)) {
    const std::size_t path = target.find('/', kScheme.size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  target = target.substr(0, target.find('?'));
  if (target == "/") return {HttpRoute::Kind::hello};
  if (target.starts_with("/id/")) return numbered(HttpRoute::Kind::id, target.substr(4), UINT64_MAX);
  if (target.starts_with("/wait/")) return numbered(HttpRoute::Kind::wait, target.substr(6), kLongestWaitUs);
  if (target.starts_with("/work/")) return numbered(HttpRoute::Kind::work, target.substr(6), kMostRounds);
  if (target.starts_with("/file/")) return numbered(HttpRoute::Kind::file, target.substr(6), UINT64_MAX);
  if (target.starts_with("/call/")) return one_call(target.substr(6));
  if (target.starts_with("/calls/")) return several_calls(HttpRoute::Kind::call, target.substr(7));
  if (target.starts_with("/calls-at-once/")) {
    return several_calls(HttpRoute::Kind::calls_at_once, target.substr(15));
  }
  return {HttpRoute::Kind::not_found};
}

void append_hello(std::string& out, const HttpReply& reply, std::string_view date) {
  if (reply.head || reply.closes || reply.keep_alive || date.size() != kDateSize) {
    return append_http_ok(out, reply, kHelloBody, date);
  }
  const std::size_t begin = out.size();
  out.append(kHello);
  std::memcpy(out.data() + begin + kDateAt, date.data(), kDateSize);
}

void append_http_ok(std::string& out, const HttpReply& reply, std::string_view body, std::string_view date) {
  append_reply(out, {kOkLine, body}, reply, date);
}

void append_http_head(std::string& out, const HttpReply& reply, std::uint64_t bytes, std::string_view date) {
  append_head(out, kOkLine, reply, bytes, date);
}

void append_http_error(std::string& out, const HttpReply& reply, HttpStatus status, std::string_view date) {
  append_reply(out, lines_of(status), reply, date);
}

}  // namespace bakeoff::workloads
