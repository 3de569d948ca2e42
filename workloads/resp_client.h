// What the loads of the counter workload share: a session that reads whole replies and has each of them judged.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workloads/catalogue.h"
#include "workloads/client.h"
#include "workloads/resp.h"

namespace bakeoff::workloads {

/// A number as 16 letters. It is never a number in Redis's eyes, whatever its digits.
inline std::string letters(std::uint64_t number) {
  std::string text(16, ' ');
  for (char& letter : text) {
    letter = static_cast<char>('a' + number % 16);
    number /= 16;
  }
  return text;
}

/// Reads whole replies of any kind and has them judged.
class RespClient : public FramedClient {
 protected:
  explicit RespClient(bool check) : check_(check) {}

  struct ReplyVerdict {
    bool right = false;
    std::string_view expected;
  };
  /// Judges the reply that is next in line.
  virtual ReplyVerdict judge(std::string_view reply) = 0;

  /// For a load an error in place of the answer is an error, and only a false answer is wrong. A verifier knows which
  /// errors to expect.
  virtual bool is_verifier() const { return false; }

  Taken take(std::string_view bytes, Consumed& consumed) override {
    switch (scanner_.scan(bytes)) {
      case ReplyScanner::ReadStatus::broken:
        return refuse(consumed, {refusal::kNotResp, "a reply of RESP2", bytes});
      case ReplyScanner::ReadStatus::too_long:
        return refuse(consumed, {refusal::kReplyTooLong, "a reply of at most 4 MiB", "more"});
      case ReplyScanner::ReadStatus::more:
        return scanner_.taken();
      case ReplyScanner::ReadStatus::reply:
        break;
    }
    const std::string_view reply = bytes.substr(0, scanner_.taken().bytes);
    const bool error = reply[0] == '-';
    const ReplyVerdict verdict = judge(reply);
    answered(consumed);
    if (error) ++consumed.error_replies;
    if (!verdict.right && (check_ || error)) {
      if (!error || is_verifier()) ++consumed.wrong;
      complain(verdict.expected, reply);
    }
    return scanner_.taken();
  }
  bool in_reply() const { return scanner_.in_reply(); }

 private:
  ReplyScanner scanner_;
  const bool check_;  ///< false: an answer of any content is right.
};

/// GET and SET over many keys; `mix` is what stands behind "kv/". Throws std::invalid_argument in one line.
std::unique_ptr<ClientSession> make_key_mix_client(std::string_view mix, const ClientSettings& settings);

}  // namespace bakeoff::workloads
