#include "tests/fuzz/session_input.h"

#include <algorithm>

namespace bakeoff::fuzz {

SessionInput::SessionInput(std::string_view input) {
  const auto take = [&] {
    if (input.empty()) return std::size_t{0};
    const auto byte = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    return std::size_t{byte};
  };
  constexpr std::size_t kCounts = 8;
  first_ = take();
  for (std::size_t left = take() % kCounts; left > 0 && !input.empty(); --left) sizes_.push_back(take() + 1);
  bytes_ = input;
}

std::size_t SessionInput::next_piece() {
  return sizes_.empty() ? 1 : sizes_[next_++ % sizes_.size()];
}

}  // namespace bakeoff::fuzz
