#include "workloads/http_reply_head.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "workloads/http_text.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kBeginning = "HTTP/1.";
/// RFC 9112, 4: a client may take each of these for the space between two words of the status line.
constexpr std::string_view kSpaces = " \t\v\f\r";

/// Takes the next line off the text, without its LF, or CR LF.
std::string_view take_head_line(std::string_view& text) {
  const std::size_t lf = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, lf);
  text.remove_prefix(std::min(text.size(), lf + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The fields that say how the reply ends.
class FramingFields {
 public:
  Refusal take(std::string_view name, std::string_view value, std::string_view line) {
    if (equals_in_any_case(name, "content-length")) return take_length(value, line);
    if (equals_in_any_case(name, "transfer-encoding")) {
      for_each_element(value, [this](std::string_view coding) {
        if (equals_in_any_case(coding, "identity")) return;  // RFC 2616 had it for none.
        coded_ = true;
        chunked_ = equals_in_any_case(coding, "chunked");
      });
    } else if (equals_in_any_case(name, "connection")) {
      for_each_element(value, [this](std::string_view option) {
        close_ = close_ || equals_in_any_case(option, "close");
        stay_ = stay_ || equals_in_any_case(option, "keep-alive");
      });
    }
    return {};
  }

  void finish(bool body, unsigned minor, ReplyHead& reply) const {
    using Framing = ReplyHead::Framing;
    reply.framing = !body      ? Framing::no_body
                    : coded_   ? chunked_ ? Framing::chunked : Framing::until_close
                    : lengths_ ? Framing::length
                               : Framing::until_close;
    reply.length = length_;
    // RFC 9112, 6.1: HTTP/1.0 knows no codings; a server that sends one may not mean what it says.
    reply.closes = close_ || (minor == 0 && (!stay_ || coded_)) || reply.framing == Framing::until_close;
    reply.plain = lengths_ == 1 && !coded_ && body;
  }

 private:
  /// One length, however often it is said: RFC 9110, 8.6.
  Refusal take_length(std::string_view value, std::string_view line) {
    bool good = !value.empty();
    for_each_element(value, [&](std::string_view text) {
      std::uint64_t length = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
      good = good && error == std::errc{} && end == text.data() + text.size() && (lengths_ == 0 || length == length_);
      length_ = length;
      ++lengths_;
    });
    if (good && lengths_ != 0) return {};
    return {refusal::kBadLength, "one Content-Length, a number", line};
  }

  unsigned lengths_ = 0;
  std::uint64_t length_ = 0;
  bool coded_ = false, chunked_ = false, close_ = false, stay_ = false;
};

/// "HTTP/1.1 200 OK"; the reason may be missing, with the space in front of it.
Refusal read_status_line(std::string_view line, unsigned& minor, unsigned& status) {
  const Refusal bad{refusal::kBadStatus, "a status line like HTTP/1.1 200 OK", line};
  std::string_view rest = line.substr(kBeginning.size());
  if (rest.empty() || rest[0] < '0' || rest[0] > '9') return bad;
  minor = static_cast<unsigned>(rest[0] - '0');
  rest.remove_prefix(1);
  const std::size_t begin = std::min(rest.find_first_not_of(kSpaces), rest.size());
  const std::string_view behind = rest.substr(begin);
  const std::string_view code = behind.substr(0, behind.find_first_of(kSpaces));
  const bool digits = std::ranges::all_of(code, [](char byte) { return byte >= '0' && byte <= '9'; });
  if (begin == 0 || code.size() != 3 || !digits || code[0] == '0') return bad;
  status = 0;
  for (const char digit : code) status = status * 10 + static_cast<unsigned>(digit - '0');
  return {};
}

}  // namespace

Refusal refuse_beginning(std::string_view bytes) {
  constexpr std::size_t kName = 5;  // HTTP/
  const std::string_view begin = bytes.substr(0, kBeginning.size());
  if (kBeginning.starts_with(begin)) return {};
  if (begin.starts_with(kBeginning.substr(0, kName))) {
    return {refusal::kOtherVersion, "a reply of HTTP/1.0 or HTTP/1.1", bytes};
  }
  return {refusal::kNotHttp, "an HTTP reply", bytes};
}

Refusal read_reply_head(std::string_view head, bool to_head, ReplyHead& reply) {
  std::string_view rest = head;
  unsigned minor = 0;
  if (const Refusal refused = refuse_beginning(head); !refused.code.empty()) return refused;
  if (const Refusal refused = read_status_line(take_head_line(rest), minor, reply.status); !refused.code.empty()) {
    return refused;
  }
  if (reply.status == 101) return {refusal::kSwitched, "a reply of HTTP, and no other protocol behind it", head};
  FramingFields fields;
  std::string_view name;
  for (std::string folded; !rest.empty();) {
    const std::string_view line = take_head_line(rest);
    if (line.empty()) break;
    // RFC 9112, 2.2: such lines before the first field are passed over. 5.2: behind it they go on with its value.
    if (is_blank(line[0])) continue;
    const std::size_t colon = line.find(':');
    name = trimmed(line.substr(0, std::min(colon, line.size())));
    const bool good_name = !name.empty() && std::ranges::all_of(name, is_token_byte);
    if (colon == std::string_view::npos || !good_name || line.find('\0') != std::string_view::npos) {
      return {refusal::kBadField, "a field like Name: value", line};
    }
    std::string_view value = line.substr(colon + 1);
    if (!rest.empty() && is_blank(rest[0])) {
      folded.assign(value);
      while (!rest.empty() && is_blank(rest[0])) folded.append(" ").append(take_head_line(rest));
      if (folded.find('\0') != std::string::npos) return {refusal::kBadField, "a field like Name: value", line};
      value = folded;
    }
    if (const Refusal refused = fields.take(name, trimmed(value, kSpaces), line); !refused.code.empty()) return refused;
  }
  const bool body = !to_head && reply.status >= 200 && reply.status != 204 && reply.status != 304;
  fields.finish(body, minor, reply);
  return {};
}

}  // namespace bakeoff::workloads
