#include "workloads/http_chunks.h"

#include <algorithm>

#include "workloads/http_text.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

/// Nothing in the protocol bounds extensions and trailers: this does.
constexpr std::uint32_t kMostOverhead = 16UL * 1024;

}  // namespace

ChunkReader::Piece ChunkReader::next(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  for (std::size_t at = 0; at < bytes.size();) {
    if (state_ == State::data) {
      const std::string_view part = bytes.substr(at, std::min<std::uint64_t>(left_, bytes.size() - at));
      left_ -= part.size();
      if (left_ == 0) state_ = State::data_end;
      return {Event::data, at + part.size(), part};
    }
    const Event event = step(bytes[at++]);
    if (event != Event::more) return {event, at};
  }
  return {Event::more, bytes.size()};
}

ChunkReader::Event ChunkReader::step(char byte) {
  const bool lenient = lines_ == HttpLines::lenient;
  switch (state_) {
    case State::size_first:
      if (hex_value(byte) < 0) return Event::broken;
      left_ = static_cast<std::uint64_t>(hex_value(byte));
      overhead_ = 0;
      return go(State::size);
    case State::size:
      if (const int digit = hex_value(byte); digit >= 0) {
        if (left_ >> 60 != 0) return Event::too_long;
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return go(State::size);
      }
      if (is_blank(byte)) return go(State::size_blank);
      if (byte == ';') return go(State::extension);
      return ends_line(byte, State::size_lf);
    case State::size_blank:
      if (is_blank(byte)) return go(State::size_blank);
      if (byte == ';') return go(State::extension);
      return lenient ? ends_line(byte, State::size_lf) : Event::broken;
    case State::extension:
      return is_field_byte(byte) ? go(State::extension) : ends_line(byte, State::size_lf);
    case State::data:
      break;
    case State::data_end:
      return ends_line(byte, State::data_lf);
    case State::trailer_first:
      if (byte == '\r' || byte == '\n') return ends_line(byte, State::last_lf);
      if (lenient) return byte == '\0' ? Event::broken : go(State::trailer_value);
      return is_token_byte(byte) ? go(State::trailer_name) : Event::broken;
    case State::trailer_name:
      if (byte == ':') return go(State::trailer_value);
      return is_token_byte(byte) ? go(State::trailer_name) : Event::broken;
    case State::trailer_value:
      if (byte != '\r' && byte != '\n' && (lenient ? byte != '\0' : is_field_byte(byte))) {
        return go(State::trailer_value);
      }
      return ends_line(byte, State::trailer_lf);
    case State::size_lf:
    case State::data_lf:
    case State::trailer_lf:
    case State::last_lf:
      return byte == '\n' ? line_ended(state_) : Event::broken;
  }
  return Event::broken;
}

/// One more byte of a line that is not the body's.
ChunkReader::Event ChunkReader::go(State state) {
  state_ = state;
  return ++overhead_ > kMostOverhead ? Event::broken : Event::more;
}

/// `lf` is the state in which the line's LF is due.
ChunkReader::Event ChunkReader::ends_line(char byte, State lf) {
  if (byte == '\n' && lines_ == HttpLines::lenient) return line_ended(lf);
  if (byte != '\r') return Event::broken;
  state_ = lf;
  return Event::more;
}

ChunkReader::Event ChunkReader::line_ended(State lf) {
  switch (lf) {
    case State::size_lf:
      if (left_ > most_ - total_) return Event::too_long;
      total_ += left_;
      overhead_ = 0;
      state_ = left_ == 0 ? State::trailer_first : State::data;
      return Event::more;
    case State::data_lf:
      state_ = State::size_first;
      return Event::more;
    case State::trailer_lf:
      state_ = State::trailer_first;
      return Event::more;
    default:
      return Event::end;
  }
}

}  // namespace bakeoff::workloads
