// The head of an HTTP reply that is nearly the same as the one before.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "workloads/framing.h"

namespace bakeoff::workloads {

/// The head of the last reply. A server's next head is nearly always the same bytes but for the digits of its
/// Content-Length; then nothing has to be parsed.
class LastHead {
 public:
  /// Remembers a head that was parsed and found good, if it has the one simple form.
  void learn(std::string_view head) {
    constexpr std::string_view kName = "\r\ncontent-length:";
    const auto same = [](char left, char right) {
      return left == right || (left >= 'A' && left <= 'Z' && left + ('a' - 'A') == right);
    };
    const auto found = std::search(head.begin(), head.end(), kName.begin(), kName.end(), same);
    head_.clear();
    if (found == head.end()) return;
    auto at = static_cast<std::size_t>(found - head.begin()) + kName.size();
    while (head[at] == ' ') ++at;
    std::size_t end = at;
    while (head[end] >= '0' && head[end] <= '9') ++end;
    if (end == at || head[end] != '\r') return;
    head_.reserve(head.size());
    head_.assign(head.substr(0, at)).append(head.substr(end));
    digits_at_ = at;
  }
  void forget() { head_.clear(); }

  /// The size of the head at the front of `bytes` when it is this one again, and the size of its body; else {0, 0}.
  struct Sizes {
    std::size_t head = 0;
    std::size_t body = 0;
  };
  Sizes match(std::string_view bytes) const {
    if (head_.empty() || bytes.size() <= head_.size()) return {};
    if (std::memcmp(bytes.data(), head_.data(), digits_at_) != 0) return {};
    constexpr std::size_t kMostDigits = 7;  // 4 MiB
    std::size_t body = 0;
    std::size_t at = digits_at_;
    for (; at < bytes.size() && at <= digits_at_ + kMostDigits && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
      body = body * 10 + static_cast<std::size_t>(bytes[at] - '0');
    }
    const std::size_t digits = at - digits_at_;
    const std::size_t rest = head_.size() - digits_at_;
    if (digits == 0 || digits > kMostDigits || body > kMessageCap / 2 || bytes.size() < at + rest) return {};
    if (std::memcmp(bytes.data() + at, head_.data() + digits_at_, rest) != 0) return {};
    return {head_.size() + digits, body};
  }

 private:
  std::string head_;  ///< Without the digits of the Content-Length.
  std::size_t digits_at_ = 0;
};

}  // namespace bakeoff::workloads
