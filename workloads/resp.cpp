// Reading and writing RESP2.
#include "workloads/resp.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "workloads/framing.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

/// An idle connection keeps no more than this for the arguments of its last command.
constexpr std::size_t kIdleArguments = 8;
constexpr std::size_t kIdleUnquoted = 64;

constexpr std::string_view kExpectedDollar = "Protocol error: expected '$', got '";

constexpr bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/// What isspace() says in the C locale.
constexpr bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/// What ends a word of an inline command: Redis takes fewer bytes for it than for the space between words.
constexpr bool ends_word(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/// Nearly every number in RESP is a few digits and a line's end that are there already.
[[gnu::always_inline]] inline bool quick_number(std::string_view bytes, std::size_t& at, std::int64_t& number) {
  constexpr std::size_t kQuick = 8;
  std::size_t i = at;
  std::int64_t value = 0;
  const std::size_t end = std::min(bytes.size(), at + kQuick);
  while (i < end && is_digit(bytes[i])) value = value * 10 + (bytes[i++] - '0');
  if (i == at || i + 1 >= bytes.size() || bytes[i] != '\r' || (bytes[at] == '0' && i > at + 1)) return false;
  at = i + 2;
  number = value;
  return true;
}

}  // namespace

CommandReader::ReadStatus CommandReader::read(std::string_view bytes) {
  if (at_ == 0) arguments_.clear();
  const ReadStatus outcome = bytes[0] == '*' ? read_array(bytes) : read_inline(bytes);
  if (outcome != ReadStatus::more) {
    taken_ = {at_, 0};
    at_ = 0;
    scanned_ = 0;
    left_ = -1;
    bulk_ = -1;
  }
  return outcome;
}

void CommandReader::release() {
  if (arguments_.capacity() > kIdleArguments) {
    std::vector<Argument>().swap(arguments_);
  } else {
    arguments_.clear();
  }
  if (unquoted_.capacity() > kIdleUnquoted) std::string().swap(unquoted_);
}

CommandReader::ReadStatus CommandReader::read_array(std::string_view bytes) {
  if (left_ < 0) {
    at_ = 1;
    std::int64_t count = 0;
    if (!quick_number(bytes, at_, count)) {
      const ReadStatus outcome = read_number(bytes, "Protocol error: too big mbulk count string", count);
      if (outcome == ReadStatus::more) at_ = 0;
      if (outcome == ReadStatus::more) return outcome;
      if (outcome == ReadStatus::error || count > std::numeric_limits<std::int32_t>::max()) {
        return error_ != nullptr ? ReadStatus::error : fail("Protocol error: invalid multibulk length");
      }
    }
    if (count <= 0) return ReadStatus::nothing;
    left_ = count;
  }
  while (left_ > 0) {
    if (bulk_ < 0) {
      // Redis looks at the '$' when it has the whole line; so does this, or errors would differ.
      std::size_t at = at_ + 1;
      std::int64_t size = 0;
      if (at_ < bytes.size() && bytes[at_] == '$' && quick_number(bytes, at, size)) {
        at_ = at;
      } else {
        const std::size_t line = at_;
        ++at_;
        const ReadStatus outcome = read_number(bytes, "Protocol error: too big bulk count string", size);
        if (outcome == ReadStatus::more) {
          at_ = line;
          return outcome;
        }
        if (outcome == ReadStatus::error && error_ != nullptr) return outcome;
        if (bytes[line] != '$') {
          unexpected_ = bytes[line];
          return fail(kExpectedDollar.data());
        }
        if (outcome == ReadStatus::error) return fail("Protocol error: invalid bulk length");
      }
      if (size < 0 || size > static_cast<std::int64_t>(kLongestBulk)) {
        return fail("Protocol error: invalid bulk length");
      }
      bulk_ = size;
    }
    const auto size = static_cast<std::size_t>(bulk_);
    if (at_ + size + 2 > kMessageCap) return fail("Protocol error: command longer than 4194304 bytes");
    if (bytes.size() < at_ + size + 2) return more(at_ + size + 2);
    arguments_.push_back({static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(size)});
    at_ += size + 2;  // Like Redis: what the two bytes behind a bulk are is not looked at.
    bulk_ = -1;
    --left_;
  }
  source_ = bytes.data();
  return ReadStatus::command;
}

/// A number and its line's end, the general way. `error` with error_ unset: it is not a number.
CommandReader::ReadStatus CommandReader::read_number(std::string_view bytes, const char* too_long,
                                                     std::int64_t& number) {
  error_ = nullptr;
  // The line begins before at_, at its '*' or '$'; it need not be there yet.
  const std::size_t line = at_ - 1;
  const std::size_t from = std::max(line, scanned_);
  const void* found = from < bytes.size() ? std::memchr(bytes.data() + from, '\r', bytes.size() - from) : nullptr;
  if (found == nullptr) {
    if (bytes.size() > line + kLongestLine) return fail(too_long);
    scanned_ = bytes.size();
    return more(bytes.size() + 1);
  }
  const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  if (end > line + kLongestLine) return fail(too_long);  // However the bytes were cut.
  if (end + 2 > bytes.size()) {
    scanned_ = end;
    return more(end + 2);
  }
  const auto parsed = end >= at_ ? parse_integer(bytes.substr(at_, end - at_)) : std::nullopt;
  at_ = end + 2;
  if (!parsed) return ReadStatus::error;
  number = *parsed;
  return ReadStatus::command;
}

CommandReader::ReadStatus CommandReader::read_inline(std::string_view bytes) {
  const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
  if (found == nullptr) {
    if (bytes.size() > kLongestLine) return fail("Protocol error: too big inline request");
    scanned_ = bytes.size();
    return more(bytes.size() + 1);
  }
  auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  if (end > kLongestLine) return fail("Protocol error: too big inline request");  // However the bytes were cut.
  at_ = end + 1;
  if (end > 0 && bytes[end - 1] == '\r') --end;
  if (!split_inline(bytes.substr(0, end))) return fail("Protocol error: unbalanced quotes in request");
  source_ = unquoted_.data();
  return arguments_.empty() ? ReadStatus::nothing : ReadStatus::command;
}

/// Splits at white space, with Redis's quotes: "..." with escapes, '...' with \' only, and a closing quote must be
/// followed by a space or the end.
bool CommandReader::split_inline(std::string_view line) {
  unquoted_.clear();
  arguments_.clear();
  std::size_t i = 0;
  const auto at = [line](std::size_t index) { return index < line.size() ? line[index] : '\0'; };
  for (;;) {
    while (i < line.size() && is_space(line[i])) ++i;
    if (i >= line.size()) return true;
    const std::size_t begin = unquoted_.size();
    while (i < line.size() && !ends_word(line[i])) {
      const char quote = line[i];
      if (quote != '"' && quote != '\'') {
        unquoted_ += line[i++];
        continue;
      }
      for (++i;; ++i) {
        if (i >= line.size()) return false;
        if (line[i] == quote) break;
        if (quote == '\'' && line[i] == '\\' && at(i + 1) == '\'') {
          unquoted_ += line[++i];
        } else if (quote == '"' && line[i] == '\\' && at(i + 1) == 'x' && hex_value(at(i + 2)) >= 0 &&
                   hex_value(at(i + 3)) >= 0) {
          unquoted_ += static_cast<char>(hex_value(line[i + 2]) * 16 + hex_value(line[i + 3]));
          i += 3;
        } else if (quote == '"' && line[i] == '\\' && i + 1 < line.size()) {
          const std::string_view from = "nrtba";
          const std::size_t known = from.find(line[++i]);
          unquoted_ += known == std::string_view::npos ? line[i] : "\n\r\t\b\a"[known];
        } else {
          unquoted_ += line[i];
        }
      }
      ++i;
      if (i < line.size() && !is_space(line[i])) return false;
      break;
    }
    arguments_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(unquoted_.size() - begin)});
  }
}

CommandReader::ReadStatus CommandReader::more(std::size_t needs) {
  taken_ = {0, needs};
  return ReadStatus::more;
}

CommandReader::ReadStatus CommandReader::fail(const char* error) {
  error_ = error;
  return ReadStatus::error;
}

std::string CommandReader::error() const {
  std::string text = error_;
  if (text == kExpectedDollar) (text += unexpected_) += '\'';
  return text;
}

ReplyScanner::ReadStatus ReplyScanner::scan(std::string_view bytes) {
  const auto more = [this](std::size_t needs) {
    taken_ = {0, needs};
    return ReadStatus::more;
  };
  while (left_ > 0) {
    const std::size_t from = std::max(at_, scanned_);
    const void* found = from < bytes.size() ? std::memchr(bytes.data() + from, '\n', bytes.size() - from) : nullptr;
    if (found == nullptr) {
      if (bytes.size() > kMessageCap) return ReadStatus::too_long;
      scanned_ = bytes.size();
      return more(bytes.size() + 1);
    }
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (end >= kMessageCap) return ReadStatus::too_long;  // However the bytes were cut.
    if (end < at_ + 2 || bytes[end - 1] != '\r') return ReadStatus::broken;
    const char kind = bytes[at_];
    const auto number = parse_integer(bytes.substr(at_ + 1, end - 1 - (at_ + 1)));
    std::size_t next = end + 1;
    std::uint64_t inside = 0;
    switch (kind) {
      case '+':
      case '-':
        break;
      case ':':
        if (!number) return ReadStatus::broken;
        break;
      case '$':
      case '*':
        if (!number || *number < -1 || *number > std::numeric_limits<std::int32_t>::max()) return ReadStatus::broken;
        if (*number == -1) break;
        if (kind == '*') inside = static_cast<std::uint64_t>(*number);
        if (kind == '$') next += static_cast<std::size_t>(*number) + 2;
        break;
      default:
        return ReadStatus::broken;
    }
    if (next > kMessageCap) return ReadStatus::too_long;
    if (next > bytes.size()) {
      scanned_ = end;
      return more(next);
    }
    if (kind == '$' && next > end + 1 && bytes.substr(next - 2, 2) != "\r\n") return ReadStatus::broken;
    at_ = next;
    left_ = left_ - 1 + inside;
  }
  taken_ = {at_, 0};
  at_ = 0;
  scanned_ = 0;
  left_ = 1;
  return ReadStatus::reply;
}

ReplyCode code_of_error(std::string_view reply) {
  if (!reply.starts_with('-')) return ReplyCode("protocol");
  if (reply.starts_with("-ERR max number of clients")) return ReplyCode("maxclients");
  const std::string_view word = reply.substr(1, reply.find_first_of(" \r") - 1);
  const bool plain = std::ranges::all_of(word, [](char c) { return c > 0x20 && c < 0x7f; });
  return word.empty() || !plain ? ReplyCode("unnamed") : ReplyCode(word);
}

void append_number(std::string& out, char kind, std::int64_t number) {
  char text[24];
  text[0] = kind;
  char* end = std::to_chars(text + 1, text + sizeof text, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(text, static_cast<std::size_t>(end - text));
}

void append_bulk(std::string& out, std::string_view text) {
  append_number(out, '$', static_cast<std::int64_t>(text.size()));
  out.append(text).append("\r\n");
}

void append_command(std::string& out, std::initializer_list<std::string_view> arguments) {
  append_number(out, '*', static_cast<std::int64_t>(arguments.size()));
  for (const std::string_view argument : arguments) append_bulk(out, argument);
}

}  // namespace bakeoff::workloads
