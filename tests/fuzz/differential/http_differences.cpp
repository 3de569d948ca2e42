#include "tests/fuzz/differential/http_differences.h"

#include <algorithm>
#include <array>
#include <regex>
#include <string>

namespace bakeoff::fuzz::differential {
namespace {

bool has(std::string_view bytes, const std::regex& pattern) {
  return std::regex_search(bytes.begin(), bytes.end(), pattern);
}

constexpr auto kFlags = std::regex::ECMAScript | std::regex::icase | std::regex::optimize;

bool bare_line_ends(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] == '\n' && (at == 0 || bytes[at - 1] != '\r')) return true;
    if (bytes[at] == '\r' && (at + 1 == bytes.size() || bytes[at + 1] != '\n')) return true;
  }
  return false;
}

bool other_status_line(std::string_view bytes) {
  static const std::regex good(R"(^HTTP/1\.[01] [1-9][0-9][0-9]( [\t\x20-\x7e]*)?\r\n)", kFlags);
  // The first line, and each that stands where a further reply may begin.
  if (!std::regex_search(bytes.begin(), bytes.end(), good, std::regex_constants::match_continuous)) return true;
  static const std::regex any("HTTP/");
  std::cregex_iterator found(bytes.data(), bytes.data() + bytes.size(), any);
  return std::any_of(found, std::cregex_iterator(), [&](const std::cmatch& match) {
    return !std::regex_search(match[0].first, bytes.data() + bytes.size(), good,
                              std::regex_constants::match_continuous);
  });
}

bool blanks_before_colon(std::string_view bytes) {
  static const std::regex pattern(R"(\n[^\r\n:]*[ \t]:)", kFlags);
  return has(bytes, pattern);
}

bool folded(std::string_view bytes) {
  return bytes.find("\n ") != bytes.npos || bytes.find("\n\t") != bytes.npos;
}

bool several_lengths(std::string_view bytes) {
  static const std::regex pattern(R"(content-length[ \t]*:[^\n]*,|content-length[\s\S]*content-length)", kFlags);
  return has(bytes, pattern);
}

bool long_length(std::string_view bytes) {
  static const std::regex pattern(R"([0-9a-f]{7})", kFlags);
  return has(bytes, pattern);
}

bool codings(std::string_view bytes) {
  // All but one that is "chunked" and stands by itself.
  static const std::regex any("transfer-encoding", kFlags);
  static const std::regex plain(R"(\ntransfer-encoding: ?chunked\r\n)", kFlags);
  static const std::regex length("content-length", kFlags);
  const auto count = [&](const std::regex& pattern) {
    return std::distance(std::cregex_iterator(bytes.data(), bytes.data() + bytes.size(), pattern),
                         std::cregex_iterator());
  };
  if (count(any) == 0) return false;
  return count(any) != count(plain) || count(any) > 1 || has(bytes, length) || bytes.starts_with("HTTP/1.0");
}

bool chunk_lines(std::string_view bytes) {
  static const std::regex chunked("chunked", kFlags);
  static const std::regex pattern(R"(\n[0-9a-f]+[^0-9a-f\r\n])", kFlags);
  return has(bytes, chunked) && has(bytes, pattern);
}

/// A chunk whose last byte is a CR, with a LF behind it.
bool chunk_before_line_feed(std::string_view bytes) {
  static const std::regex size_line(R"(\n([0-9a-f]{1,6})\r\n)", kFlags);
  const char* const end = bytes.data() + bytes.size();
  return std::any_of(std::cregex_iterator(bytes.data(), end, size_line), std::cregex_iterator(),
                     [&](const std::cmatch& match) {
                       constexpr int kHex = 16;
                       const auto size = std::stol(match[1].str(), nullptr, kHex);
                       const char* const chunk = match[0].second;
                       return size > 0 && size < end - chunk && chunk[size - 1] == '\r' && chunk[size] == '\n';
                     });
}

bool interim_with_body(std::string_view bytes) {
  static const std::regex interim(R"(HTTP/1\.[01] 1[0-9][0-9])", kFlags);
  static const std::regex framed("content-length|transfer-encoding", kFlags);
  return has(bytes, interim) && has(bytes, framed);
}

bool upgrade(std::string_view bytes) {
  static const std::regex pattern(R"(upgrade|HTTP/1\.[01] 101)", kFlags);
  return has(bytes, pattern);
}

bool other_bytes(std::string_view bytes) {
  return std::ranges::any_of(bytes, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return (code < 0x20 && c != '\r' && c != '\n' && c != '\t') || code == 0x7f;
  });
}

constexpr std::array kDifferences{
    HttpDifference{"bare line ends", "2.2", "we take LF for the end of a line and CR for a space; Node.js wants both",
                   "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi", bare_line_ends},
    HttpDifference{"status line", "4", "we take any white space, later minor versions, no reason; Node.js does not",
                   "HTTP/1.7 200 OK\r\nContent-Length: 2\r\n\r\nhi", other_status_line},
    HttpDifference{"blanks before a colon", "5.1", "we take them away; Node.js refuses the field",
                   "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi", blanks_before_colon},
    HttpDifference{"folded lines", "5.2, 2.2", "blank lines before the first field are passed over; Node.js refuses",
                   "HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 2\r\n\r\nhi", folded},
    HttpDifference{"control characters", "9110 5.5",
                   "we pass over them where no meaning hangs on them; NUL alone is bad",
                   "HTTP/1.1 200 OK\r\nX: a\x14"
                   "b\r\nContent-Length: 2\r\n\r\nhi",
                   other_bytes},
    HttpDifference{"several lengths", "9110 8.6", "we take the same length said twice; Node.js refuses it",
                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", several_lengths},
    HttpDifference{"codings", "6.3", "chunks beside a length, below others and in HTTP/1.0 are read here",
                   "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                   codings},
    HttpDifference{"long numbers", "6.3", "a chunk that is longer than a reply may be is refused at once here",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nabc\r\n", long_length},
    HttpDifference{"chunk lines", "7.1.1", "old servers fill the line of a size up with blanks; Node.js refuses that",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\nhi\r\n0\r\n\r\n", chunk_lines},
    HttpDifference{"ends of chunks", "7.1, 2.2", "LF alone ends a chunk here, so that its last byte may be a CR",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\r\n0\r\n\r\n", chunk_before_line_feed},
    HttpDifference{"bodies of interim replies", "6.3", "1xx has no body, whatever its head says; Node.js reads one",
                   "HTTP/1.1 199 Fine\r\nContent-Length: 2\r\n\r\nhi", interim_with_body},
    HttpDifference{"other protocols", "9110 15.2.2", "we refuse to switch; Node.js hands the rest over",
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", upgrade},
};

}  // namespace

std::span<const HttpDifference> http_differences() {
  return kDifferences;
}

}  // namespace bakeoff::fuzz::differential
