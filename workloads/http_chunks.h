// Bodies in chunks (RFC 9112, 7.1), for both sides: what is inside of them, and where they end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bakeoff::workloads {

/// How lines may end. A server takes what is right and nothing else; a client takes what others send.
enum class HttpLines : std::uint8_t {
  strict,   ///< In CR and LF.
  lenient,  ///< In LF alone too. Blanks may stand behind the size of a chunk, and trailers may hold anything but NUL.
};

/// Reads one body. Every byte is looked at once, and what it comes to does not depend on how the bytes were cut.
class ChunkReader {
 public:
  enum class Event : std::uint8_t {
    more,      ///< All of the bytes are used up.
    data,      ///< A part of the body.
    end,       ///< The body is over, with its trailers. Nothing may be read behind it.
    broken,    ///< This is no chunked body, or its extensions or trailers are longer than 16 KiB. The same.
    too_long,  ///< The chunk that begins makes the body longer than it may be. The same.
  };
  struct Piece {
    Event event = Event::more;
    std::size_t used = 0;     ///< Bytes used up. Of `broken` and `too_long` the last one is at fault.
    std::string_view data{};  ///< Lies in the bytes.
  };

  /// The chunks of a body may come to `most` bytes.
  ChunkReader(HttpLines lines, std::uint64_t most) : lines_(lines), most_(most) {}

  /// What is at the front of `bytes`, which begin where the last piece ended.
  Piece next(std::string_view bytes);

  /// Whether something has come behind the head.
  bool has_begun() const { return begun_; }

 private:
  enum class State : std::uint8_t {
    size_first,
    size,
    size_blank,
    extension,
    size_lf,
    data,
    data_end,
    data_lf,
    trailer_first,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
  };

  Event step(char byte);
  Event go(State state);
  Event ends_line(char byte, State lf);
  Event line_ended(State lf);

  const HttpLines lines_;
  State state_ = State::size_first;
  bool begun_ = false;
  std::uint32_t overhead_ = 0;  ///< Bytes of the line with a chunk's size, or of the trailers.
  const std::uint64_t most_;
  std::uint64_t left_ = 0;   ///< Of the chunk.
  std::uint64_t total_ = 0;  ///< Of the body, with this chunk.
};

}  // namespace bakeoff::workloads
