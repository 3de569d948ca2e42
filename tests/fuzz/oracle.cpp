#include "tests/fuzz/oracle.h"

#include <algorithm>

#include "tests/fuzz/counted_new.h"

namespace bakeoff::fuzz {
namespace {

constexpr std::size_t kShown = 2000;

std::string shown(std::string_view text) {
  std::string all;
  for (const char c : text.substr(0, kShown)) {
    const auto code = static_cast<unsigned char>(c);
    constexpr std::string_view kHex = "0123456789abcdef";
    if (code >= 0x20 && code < 0x7f) {
      all += c;
    } else {
      all.append("\\x") += kHex[code >> 4];
      all += kHex[code & 15];
    }
  }
  return text.size() > kShown ? all + "..." : all;
}

}  // namespace

void require(bool holds, std::string_view promise) {
  if (!holds) throw BrokenPromise{"broken promise: " + std::string(promise)};
}

void require_equal(std::string_view found, std::string_view expected, std::string_view promise) {
  if (found == expected) return;
  const auto differ = std::ranges::mismatch(found, expected).in1 - found.begin();
  throw BrokenPromise{"broken promise: " + std::string(promise) + "\nfound    " + shown(found) + "\nexpected " +
                      shown(expected) + "\nfrom byte " + std::to_string(differ)};
}

void require_one_line(std::string_view message) {
  const bool plain =
      std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (message.empty() || !plain)
    throw BrokenPromise{"broken promise: a message is one plain line\nfound " + shown(message)};
}

PeakMemory::PeakMemory() : before_(live_bytes()) {
  forget_peak();
}

void PeakMemory::require_at_most(std::size_t fixed, std::size_t per_byte, std::size_t input_bytes) const {
  const std::size_t found = peak_bytes() - before_;
  const std::size_t most = fixed + per_byte * input_bytes;
  if (found <= most) return;
  throw BrokenPromise{"broken promise: memory is bounded by the input\nfound " + std::to_string(found) +
                      " bytes, at most " + std::to_string(most) + " for an input of " + std::to_string(input_bytes)};
}

}  // namespace bakeoff::fuzz
