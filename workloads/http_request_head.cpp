#include "workloads/http_request_head.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "workloads/http_text.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kMostHead = 8UL * 1024;
constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::size_t kMinorAt = kVersion.size(), kCrAt = kMinorAt + 1, kLfAt = kCrAt + 1;

/// A host as RFC 3986, 3.2.2 has it, with or without a port; "" where the target has no authority.
bool is_host(std::string_view text) {
  const bool literal = text.starts_with('[');
  if (literal && text.find(']') == std::string_view::npos) return false;
  const std::size_t end = literal ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  std::string_view host = text.substr(0, end), port = text.substr(end);
  if (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return false;
  }
  if (literal) host = host.substr(1, host.size() - 2);
  for (std::size_t i = 0; i < host.size(); ++i) {
    if (host[i] == '%') {
      const std::string_view digits = host.substr(i + 1, 2);
      if (digits.size() != 2 || hex_value(digits[0]) < 0 || hex_value(digits[1]) < 0) return false;
      continue;
    }
    constexpr std::string_view kSigns = "!$&'()*+,;=-._~";
    const char byte = host[i], small = static_cast<char>(byte | 0x20);
    const bool letter = small >= 'a' && small <= 'z', digit = byte >= '0' && byte <= '9';
    if (!letter && !digit && kSigns.find(byte) == std::string_view::npos && !(literal && byte == ':')) return false;
  }
  return true;
}

}  // namespace

RequestHeadReader::ReadStatus RequestHeadReader::read(std::string_view bytes) {
  const ReadStatus status = go_on(bytes.substr(0, kMostHead));
  if (status == ReadStatus::more && at_ == kMostHead) return ReadStatus::too_large;
  return status;
}

/// A loop for each part, because most bytes are followed by one of the same part.
RequestHeadReader::ReadStatus RequestHeadReader::go_on(std::string_view head) {
  std::size_t at = at_;
  const std::size_t size = head.size();
  const auto stop = [&](ReadStatus status) {
    at_ = static_cast<std::uint16_t>(at);
    return status;
  };
  while (at < size) {
    switch (state_) {
      case State::method:
        while (at < size && is_token_byte(head[at])) ++at;
        if (at == size) break;
        if (head[at] != ' ' || at == 0) return stop(ReadStatus::bad);
        end_ = static_cast<std::uint16_t>(at);
        behind_ = static_cast<std::uint16_t>(++at);
        state_ = State::target;
        break;
      case State::target:
        while (at < size && is_visible_byte(head[at])) ++at;
        if (at == size) break;
        if (head[at] != ' ' || at == behind_) return stop(ReadStatus::bad);
        take_request_line(head.substr(0, end_), head.substr(behind_, at - behind_));
        behind_ = static_cast<std::uint16_t>(++at);
        state_ = State::version;
        break;
      case State::version: {
        const std::size_t place = at - behind_;
        const char byte = head[at];
        const bool good = place < kMinorAt    ? byte == kVersion[place]
                          : place == kMinorAt ? byte == '0' || byte == '1'
                          : place == kCrAt    ? byte == '\r'
                                              : byte == '\n';
        if (!good) return stop(ReadStatus::bad);
        if (place == kMinorAt) request_.minor = static_cast<std::uint8_t>(byte - '0');
        if (place == kLfAt) state_ = State::field_first;
        ++at;
        break;
      }
      case State::field_first:
        begin_ = static_cast<std::uint16_t>(at);
        if (head[at] == '\r') {
          ++at;
          state_ = State::last_lf;
        } else if (is_token_byte(head[at])) {
          state_ = State::name;
        } else {
          return stop(ReadStatus::bad);
        }
        break;
      case State::name:
        while (at < size && is_token_byte(head[at])) ++at;
        if (at == size) break;
        if (head[at] != ':') return stop(ReadStatus::bad);
        end_ = static_cast<std::uint16_t>(at);
        behind_ = static_cast<std::uint16_t>(++at);
        state_ = State::value;
        break;
      case State::value:
        while (at < size && is_field_byte(head[at])) ++at;
        if (at == size) break;
        if (head[at] != '\r') return stop(ReadStatus::bad);
        ++at;
        state_ = State::field_lf;
        break;
      case State::field_lf:
        if (head[at] != '\n') return stop(ReadStatus::bad);
        take_field(head.substr(begin_, end_ - begin_), trimmed(head.substr(behind_, at - 1 - behind_)));
        ++at;
        state_ = State::field_first;
        break;
      case State::last_lf:
        if (head[at] != '\n') return stop(ReadStatus::bad);
        ++at;
        return stop(finish() ? ReadStatus::head : ReadStatus::bad);
    }
  }
  return stop(ReadStatus::more);
}

void RequestHeadReader::take_request_line(std::string_view method, std::string_view target) {
  request_.head = method == "HEAD";
  request_.route = http_route(target);
  if (!request_.head && method != "GET" && request_.route.kind != HttpRoute::Kind::not_found) {
    request_.route.kind = HttpRoute::Kind::bad_method;
  }
}

/// What the other fields say makes no difference here.
void RequestHeadReader::take_field(std::string_view name, std::string_view value) {
  const auto count = [](std::uint8_t& number) { number = number == 0 ? 1 : 2; };
  if (equals_in_any_case(name, "host")) {
    count(hosts_);
    bad_ = bad_ || !is_host(value);
  } else if (equals_in_any_case(name, "connection")) {
    for_each_element(value, [&](std::string_view option) {
      close_ = close_ || equals_in_any_case(option, "close");
      stay_ = stay_ || equals_in_any_case(option, "keep-alive");
    });
  } else if (equals_in_any_case(name, "content-length")) {
    count(lengths_);
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, request_.content_length);
    if (error == std::errc::result_out_of_range) {
      request_.content_length = std::numeric_limits<std::uint64_t>::max();
    }
    bad_ = bad_ || error == std::errc::invalid_argument || rest != end;
  } else if (equals_in_any_case(name, "transfer-encoding")) {
    take_codings(value);
  } else if (equals_in_any_case(name, "expect")) {
    request_.expects_continue = equals_in_any_case(value, "100-continue");
  }
}

/// Chunks have to be the last coding, once and without parameters, or it is not known where the body ends.
void RequestHeadReader::take_codings(std::string_view value) {
  codings_ = 1;
  for_each_element(value, [&](std::string_view coding) {
    bad_ = bad_ || request_.chunked || !std::ranges::all_of(coding, is_token_byte);
    request_.chunked = equals_in_any_case(coding, "chunked");
  });
}

/// RFC 9112, 3.2 and 6.1: one Host in HTTP/1.1, and one way to know the length of the body.
bool RequestHeadReader::finish() {
  request_.keep_alive = !close_ && (request_.minor == 1 || stay_);
  if (bad_ || hosts_ > 1 || (hosts_ == 0 && request_.minor == 1) || lengths_ > 1) return false;
  return codings_ == 0 || (request_.minor == 1 && request_.chunked && lengths_ == 0);
}

}  // namespace bakeoff::workloads
