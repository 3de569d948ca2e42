#include "harness/conform/reply_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>

#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"
#include "workloads/http_chunks.h"

namespace bakeoff::conform {
namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return small;
}

/// The fields of a reply's head by their names in small letters.
std::map<std::string, std::string> fields_of(std::string_view head) {
  std::map<std::string, std::string> fields;
  measure::take_line(head);
  while (!head.empty()) {
    const std::string_view line = measure::take_line(head);
    const auto colon = std::min(line.find(':'), line.size());
    if (colon < line.size()) fields[lower(line.substr(0, colon))] = measure::trimmed(line.substr(colon + 1));
  }
  return fields;
}

using workloads::ChunkReader;

struct ChunkedBody {
  ChunkReader::Event event = ChunkReader::Event::more;  ///< `end`, `more` when it is not complete, or what is wrong.
  std::string body;
  std::size_t bytes = 0;  ///< With its frames.
};

ChunkedBody chunked(std::string_view text) {
  ChunkReader reader(workloads::HttpLines::strict, std::numeric_limits<std::uint64_t>::max());
  ChunkedBody read;
  do {
    const ChunkReader::Piece piece = reader.next(text.substr(read.bytes));
    read.event = piece.event;
    read.body += piece.data;
    read.bytes += piece.used;
  } while (read.event == ChunkReader::Event::data);
  return read;
}

}  // namespace

ReplyReader::ReplyReader(std::string_view workload, std::size_t message_bytes, std::vector<bool> heads)
    : workload_(workload), message_bytes_(message_bytes), heads_(std::move(heads)) {}

std::optional<std::string> ReplyReader::take(std::string& bytes) {
  if (broken_ || bytes.empty()) return std::nullopt;
  std::optional<std::string> reply;
  if (workload_ == "http") {
    reply = take_http(bytes);
  } else if (workload_ == "counter") {
    reply = take_counter(bytes);
  } else if (bytes.size() >= message_bytes_) {
    reply = bytes.substr(0, message_bytes_);
    bytes.erase(0, message_bytes_);
  }
  if (reply) ++taken_;
  return reply;
}

void ReplyReader::complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

std::optional<std::string> ReplyReader::take_http(std::string& bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) return std::nullopt;
  const std::string head = bytes.substr(0, end + 2);
  constexpr std::size_t kStatusAt = 9, kStatusDigits = 3;
  const bool known = head.starts_with("HTTP/1.1 ") || head.starts_with("HTTP/1.0 ");
  if (!known || head.size() < kStatusAt + kStatusDigits) {
    broken_ = true;
    complain("no status line of HTTP/1.1: " + measure::in_quotes(head.substr(0, head.find('\r'))));
    return std::nullopt;
  }
  const std::string status = head.substr(kStatusAt, kStatusDigits);
  const auto fields = fields_of(head);
  const auto value = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  if (status == "200" && value("date").empty()) complain("a reply without Date");
  if (status == "200" && !value("content-type").starts_with("text/plain")) {
    complain("a reply whose Content-Type is " + measure::in_quotes(value("content-type")) + ", expected text/plain");
  }
  const bool refused = status >= "400";  // What it says then is the server's matter.
  const auto length = measure::parse_number<std::size_t>(value("content-length"));
  if (taken_ < heads_.size() && heads_[taken_]) {
    bytes.erase(0, end + 4);
    return fmt::format("{} HEAD {}", status, value("content-length"));
  }
  if (value("transfer-encoding") == "chunked") {
    const ChunkedBody read = chunked(std::string_view(bytes).substr(end + 4));
    if (read.event == ChunkReader::Event::more) return std::nullopt;
    if (read.event != ChunkReader::Event::end) {
      broken_ = true;
      complain("chunks that are none: " + measure::in_quotes(bytes.substr(end + 4, read.bytes)));
      return std::nullopt;
    }
    bytes.erase(0, end + 4 + read.bytes);
    return refused ? status : fmt::format("{} {}", status, read.body);
  }
  if (!length && refused) {
    bytes.clear();  // Its body goes on to the end of the connection, however much has come yet.
    broken_ = true;
    return status;
  }
  if (!length) {
    broken_ = true;
    complain("a reply without Content-Length");
    return std::nullopt;
  }
  if (bytes.size() - end - 4 < *length) return std::nullopt;
  const std::string body = bytes.substr(end + 4, *length);
  bytes.erase(0, end + 4 + *length);
  return refused ? status : fmt::format("{} {}", status, body);
}

std::optional<std::string> ReplyReader::take_counter(std::string& bytes) {
  const auto end = bytes.find("\r\n");
  if (end == bytes.npos) return std::nullopt;
  std::size_t length = end + 2;
  const char kind = bytes.front();
  if (kind == '$') {
    const auto size = measure::parse_number<std::int64_t>(bytes.substr(1, end - 1));
    if (size && *size >= 0) length += static_cast<std::size_t>(*size) + 2;
  } else if (kind != '+' && kind != ':' && kind != '-') {
    broken_ = true;
    complain("no reply of RESP: " + measure::in_quotes(bytes.substr(0, end)));
    return std::nullopt;
  }
  if (bytes.size() < length) return std::nullopt;
  std::string reply = kind == '-' ? "-" : bytes.substr(0, length);
  bytes.erase(0, length);
  return reply;
}

std::vector<bool> head_requests(std::string_view requests) {
  std::vector<bool> heads;
  while (!requests.empty()) {
    heads.push_back(requests.starts_with("HEAD "));
    const auto end = requests.find("\r\n\r\n");
    if (end == requests.npos) break;
    requests.remove_prefix(end + 4);
  }
  return heads;
}

}  // namespace bakeoff::conform
