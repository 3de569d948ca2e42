// RESP2, the Redis protocol, as both sides need it: commands as a server reads them, replies as a client does, and the
// few lines that write them. https://redis.io/docs/reference/protocol-spec; where that is silent, as Redis 7.0 does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/reply_code.h"
#include "workloads/tail.h"

namespace bakeoff::workloads {

/// Keys, values and arguments may be this long; one byte more is a protocol error.
inline constexpr std::size_t kLongestBulk = 1024UL * 1024;
/// An inline command, or the line before a bulk, may be this long.
inline constexpr std::size_t kLongestLine = 64UL * 1024;

/// Reads one command at a time, an array or an inline one, and goes on where it stopped when more bytes have come.
class CommandReader {
 public:
  enum class ReadStatus : std::uint8_t {
    command,  ///< arguments() are there; at least one.
    nothing,  ///< An empty command, which has no reply.
    more,     ///< Incomplete: taken() says how many bytes are needed.
    error,    ///< No protocol: error() has Redis's words for it.
  };

  /// Reads at the front of `bytes`: those of the call before, as long as that said `more`, and further ones.
  ReadStatus read(std::string_view bytes);

  /// After `command` and `nothing`: the bytes used up. After `more`: what is needed.
  Taken taken() const { return taken_; }

  /// The command's arguments, its name first. Valid until the next read, while the bytes are.
  std::size_t count() const { return arguments_.size(); }
  std::string_view operator[](std::size_t index) const {
    return {source_ + arguments_[index].begin, arguments_[index].size};
  }

  /// Forgets the arguments and gives back more memory than an idle connection should have.
  void release();

  /// After `error`, without "-ERR ".
  std::string error() const;

 private:
  struct Argument {
    std::uint32_t begin;
    std::uint32_t size;
  };

  ReadStatus read_array(std::string_view bytes);
  ReadStatus read_inline(std::string_view bytes);
  bool split_inline(std::string_view line);
  ReadStatus read_number(std::string_view bytes, const char* too_long, std::int64_t& number);
  ReadStatus more(std::size_t needs);
  ReadStatus fail(const char* error);

  std::vector<Argument> arguments_;
  const char* source_ = nullptr;  ///< What the arguments' offsets count from.
  std::size_t at_ = 0;            ///< How far the command has been read.
  std::size_t scanned_ = 0;       ///< How far an end of line has been looked for.
  std::int64_t left_ = -1;        ///< Bulks of the array still to come; -1: its head is.
  std::int64_t bulk_ = -1;        ///< Size of the bulk that has begun; -1: its head is to come.
  std::string unquoted_;          ///< The arguments of an inline command, without their quotes.
  Taken taken_;
  const char* error_ = nullptr;
  char unexpected_ = 0;  ///< What stood where error_ says that a '$' was expected.
};

/// Finds the end of one reply, of any kind, nested or not, and goes on where it stopped.
class ReplyScanner {
 public:
  /// too_long: it has more than kMessageCap bytes.
  enum class ReadStatus : std::uint8_t { reply, more, broken, too_long };
  /// As CommandReader::read.
  ReadStatus scan(std::string_view bytes);
  Taken taken() const { return taken_; }
  /// A reply has begun and is not complete: only scan() may go on with it.
  bool in_reply() const { return scanned_ != 0; }

 private:
  std::size_t at_ = 0;
  std::size_t scanned_ = 0;
  std::uint64_t left_ = 1;
  Taken taken_;
};

/// What an error reply is about: its first word ("-WRONGPASS ..."), or "maxclients", the setting that a server without
/// room for another client names in other words; "unnamed" where that is no word of printable ASCII, and "protocol" for
/// what is no error. Never empty.
ReplyCode code_of_error(std::string_view reply);

void append_bulk(std::string& out, std::string_view text);
/// ":5\r\n", "*5\r\n" or "$5\r\n".
void append_number(std::string& out, char kind, std::int64_t number);
/// A command as an array.
void append_command(std::string& out, std::initializer_list<std::string_view> arguments);

}  // namespace bakeoff::workloads
