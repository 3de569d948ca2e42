// The shared half of every client session.
#include "workloads/client.h"

namespace bakeoff::workloads {

Consumed FramedClient::consume(std::string_view bytes) {
  Consumed consumed;
  if (!broken_) {
    tail_.drive(
        bytes,
        [&](std::string_view shown) {
          if (due_ == 0) return broken(consumed, "nothing, because nothing was asked", shown);
          return take(shown, consumed);
        },
        [&] { return !broken_; });
    if (!broken_ && tail_.size() > kMessageCap) broken(consumed, "a reply of at most 4 MiB", "more");
    if (broken_) tail_.clear();
  }
  consumed.broken = broken_;
  return consumed;
}

Taken FramedClient::broken(Consumed& consumed, std::string_view expected, std::string_view came) {
  complain(expected, came);
  consumed.broken = true;
  broken_ = true;
  return {0, 1};
}

void FramedClient::complain(std::string_view expected, std::string_view came) {
  if (complaint_) return;
  complaint_ = std::make_unique<std::string>("expected ");
  complaint_->append(printable(expected)).append(", got ").append(printable(came));
}

std::string printable(std::string_view bytes) {
  constexpr std::size_t kLongest = 120;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    if (text.size() >= kLongest) return text + "...";
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\r') {
      text += "\\r";
    } else if (byte == '\n') {
      text += "\\n";
    } else if (code < 0x20 || code >= 0x7f) {
      text.append("\\x") += kHex[code >> 4];
      text += kHex[code & 15];
    } else {
      text += byte;
    }
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace bakeoff::workloads
