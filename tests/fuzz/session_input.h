// An input to a session: a short head, which says what is fuzzed and where the bytes behind it are cut.
//
//   1 byte    the variant, modulo how many there are
//   1 byte    how many sizes follow, modulo 8
//   n bytes   the sizes of the pieces less 1, in turn; without any each piece has 1 byte
//   the rest  is what comes over the connection
//
// "00" before the bytes of a protocol makes an input of them, and so do "a1@", with pieces of 65 bytes.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace bakeoff::fuzz {

class SessionInput {
 public:
  explicit SessionInput(std::string_view input);

  std::size_t variant(std::size_t variants) const { return first_ % variants; }
  std::string_view bytes() const { return bytes_; }
  /// The size of the next piece. It goes on for ever.
  std::size_t next_piece();

 private:
  std::size_t first_ = 0;
  std::vector<std::size_t> sizes_;
  std::size_t next_ = 0;
  std::string_view bytes_;
};

}  // namespace bakeoff::fuzz
