// The shared half of every client session.
#include "workloads/client.h"

namespace bakeoff::workloads {

Consumed FramedClient::consume(std::string_view bytes) {
  Consumed consumed;
  if (refused_.empty()) {
    tail_.drive(
        bytes,
        [&](std::string_view shown) { return due_ == 0 ? take_unasked(shown, consumed) : take(shown, consumed); },
        [&] { return refused_.empty(); });
    if (refused_.empty() && tail_.size() > kMessageCap) {
      refuse(consumed, {refusal::kReplyTooLong, "a reply of at most 4 MiB", "more"});
    }
    if (!refused_.empty()) tail_.clear();
  }
  consumed.refusal = refused_;
  return consumed;
}

Consumed FramedClient::end() {
  Consumed consumed;
  if (refused_.empty() && due_ != 0) take_end(consumed);
  return consumed;
}

Taken FramedClient::take_unasked(std::string_view bytes, Consumed& consumed) {
  return refuse(consumed, {refusal::kUnasked, "nothing, because nothing was asked", bytes});
}

Taken FramedClient::refuse(Consumed& consumed, const Refusal& refusal) {
  complain(refusal.expected, refusal.came);
  consumed.refusal = refused_ = refusal.code;
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
