// What the targets of the fuzzer hold against the code: a finding ends the target, and libFuzzer or GoogleTest says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bakeoff::fuzz {

/// A promise of the code that an input breaks. No std::exception, so that nothing that a target expects catches it.
struct BrokenPromise {
  std::string words;
};

/// Throws BrokenPromise where the promise does not hold.
void require(bool holds, std::string_view promise);

/// Throws BrokenPromise where the two differ, with both.
void require_equal(std::string_view found, std::string_view expected, std::string_view promise);

/// Throws BrokenPromise where a message of an error is empty, is longer than one line, or has control characters in it,
/// which a terminal would take for commands.
void require_one_line(std::string_view message);

/// What `read` gives; nullopt where it refuses the input by an Error, whose message is one line. Any other exception
/// is a finding.
template <typename Error, typename Read>
auto read_or_refuse(Read&& read) -> std::optional<decltype(read())> {
  try {
    return std::forward<Read>(read)();
  } catch (const Error& error) {
    require_one_line(error.what());
    return std::nullopt;
  }
}

/// What was written reads again, and is then written as the same: `write(read(text))` is `text`. `read` may refuse
/// nothing here.
template <typename Read, typename Write>
void require_round_trip(const std::string& text, Read&& read, Write&& write) {
  std::string again;
  try {
    again = write(read(text));
  } catch (const std::exception& error) {
    throw BrokenPromise{"what was written is not read again: " + std::string(error.what()) + "\n" + text};
  }
  require_equal(again, text, "what is written, read and written again is the same");
}

/// Holds the memory that a target takes at once, by operator new, to a bound: from its making to require_at_most().
class PeakMemory {
 public:
  PeakMemory();
  /// Throws BrokenPromise where more than `fixed` bytes and `per_byte` for each byte of the input were taken.
  void require_at_most(std::size_t fixed, std::size_t per_byte, std::size_t input_bytes) const;

 private:
  std::size_t before_;
};

}  // namespace bakeoff::fuzz
