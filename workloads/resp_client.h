// What the loads of the counter workload share: a session that reads whole replies and has each of them judged.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workloads/catalogue.h"
#include "workloads/client.h"
#include "workloads/resp.h"
#include "workloads/resp_login.h"

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

/// Reads whole replies of any kind and has them judged. A connection begins with the login that its settings have: its
/// replies are no replies to requests, and where it is refused, all that follow are errors.
class RespClient : public FramedClient {
 public:
  void connection_ended() final;

 protected:
  /// `check` false: an answer of any content is right.
  RespClient(const ClientSettings& settings, bool check);

  struct ReplyVerdict {
    bool right = false;
    std::string_view expected;
  };
  /// Judges the reply that is next in line.
  virtual ReplyVerdict judge(std::string_view reply) = 0;

  /// For a load an error in place of the answer is an error, and only a false answer is wrong. A verifier knows which
  /// errors to expect.
  virtual bool is_verifier() const { return false; }

  /// Before the bytes of a request are appended: one more reply is due.
  void begin_request(std::string& requests) {
    if (login_ != nullptr) [[unlikely]]
      begin_login(requests);
    asked();
  }

  Taken take(std::string_view bytes, Consumed& consumed) override;
  /// A server that has no room for a client, or lets none in without a password, says so unasked, and closes.
  Taken take_unasked(std::string_view bytes, Consumed& consumed) override;

  /// Whether what comes next is a whole reply to a request, with nothing of it taken: it may be looked at in one piece.
  bool is_at_reply() const {
    return !scanner_.in_reply() && (login_ == nullptr || (!login_->is_due() && login_->refused().empty()));
  }

 private:
  void begin_login(std::string& requests);
  /// True where `reply` has been taken: it is one to the login, or comes behind a login that was refused.
  bool take_by_login(std::string_view reply, Consumed& consumed);

  ReplyScanner scanner_;
  std::unique_ptr<RespLogin> login_;  ///< nullptr where there is nothing to say: most have none.
  const bool check_;
};

/// GET and SET over many keys; `mix` is what stands behind "kv/". Throws std::invalid_argument in one line.
std::unique_ptr<ClientSession> make_key_mix_client(std::string_view mix, const ClientSettings& settings);

}  // namespace bakeoff::workloads
