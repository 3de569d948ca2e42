// What a reply calls its error: an HTTP status, or the first word of a Redis error.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bakeoff::workloads {

/// A text of fixed size, so that none is allocated for an error.
class ReplyCode {
 public:
  static constexpr std::size_t kMostLetters = 15;  ///< What is longer is cut.

  constexpr ReplyCode() = default;
  /// Its decimal digits; 0 is none.
  constexpr ReplyCode(unsigned number) {
    for (; number != 0; number /= 10) {
      std::shift_right(text_.begin(), text_.end(), 1);
      text_[0] = static_cast<char>('0' + number % 10);
      ++size_;
    }
  }
  constexpr explicit ReplyCode(std::string_view word)
      : size_(static_cast<std::uint8_t>(std::min(word.size(), kMostLetters))) {
    std::copy_n(word.begin(), size_, text_.begin());
  }

  constexpr std::string_view view() const { return {text_.data(), size_}; }
  constexpr bool empty() const { return size_ == 0; }
  friend constexpr bool operator==(const ReplyCode&, const ReplyCode&) = default;

 private:
  std::array<char, kMostLetters> text_{};
  std::uint8_t size_ = 0;
};

}  // namespace bakeoff::workloads
