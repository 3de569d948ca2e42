#include "workloads/resp_client.h"

namespace bakeoff::workloads {
namespace {

void count_reply_error(Consumed& consumed, const ReplyCode& code) {
  if (consumed.error_replies++ == 0) consumed.code = code;
}

}  // namespace

RespClient::RespClient(const ClientSettings& settings, bool check)
    : login_(settings.login.wanted() ? std::make_unique<RespLogin>(settings.login) : nullptr), check_(check) {}

void RespClient::connection_ended() {
  FramedClient::connection_ended();
  if (login_ != nullptr) login_->connection_ended();
}

void RespClient::begin_login(std::string& requests) {
  for (std::uint32_t commands = login_->begin(requests); commands != 0; --commands) asked();
}

bool RespClient::take_by_login(std::string_view reply, Consumed& consumed) {
  if (login_->is_due()) {
    answered_apart();
    if (const std::string shown = login_->take(reply); !shown.empty()) {
      count_reply_error(consumed, login_->refused());
      complain("+OK\r\n", shown);
    }
    return true;
  }
  if (login_->refused().empty()) return false;
  answered(consumed);
  count_reply_error(consumed, login_->refused());
  if (is_verifier()) ++consumed.wrong;
  return true;
}

Taken RespClient::take(std::string_view bytes, Consumed& consumed) {
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
  if (login_ != nullptr && take_by_login(reply, consumed)) return scanner_.taken();
  const bool error = reply[0] == '-';
  const ReplyVerdict verdict = judge(reply);
  answered(consumed);
  if (error) count_reply_error(consumed, code_of_error(reply));
  if (!verdict.right && (check_ || error)) {
    if (!error || is_verifier()) ++consumed.wrong;
    complain(verdict.expected, reply);
  }
  return scanner_.taken();
}

Taken RespClient::take_unasked(std::string_view bytes, Consumed& consumed) {
  constexpr std::size_t kLongestError = 1024;
  const std::size_t end = bytes.substr(0, kLongestError).find('\n');
  if (bytes[0] == '-' && end == std::string_view::npos && bytes.size() < kLongestError) return {0, bytes.size() + 1};
  const ReplyCode code = code_of_error(bytes.substr(0, end + 1));
  if (end == std::string_view::npos || (code.view() != "maxclients" && code.view() != "DENIED")) {
    return FramedClient::take_unasked(bytes, consumed);
  }
  count_reply_error(consumed, code);
  complain("nothing, because nothing was asked", bytes.substr(0, end + 1));
  return {end + 1, 0};
}

}  // namespace bakeoff::workloads
