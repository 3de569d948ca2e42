// The login of one connection to a Redis server: AUTH and SELECT before the first request, each answered with +OK.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/login.h"
#include "workloads/reply_code.h"

namespace bakeoff::workloads {

class RespLogin {
 public:
  explicit RespLogin(const Login& login);

  /// Appends its commands, once per connection. Returns how many: so many replies come before that to the first
  /// request.
  std::uint32_t begin(std::string& requests);
  /// Whether the next reply is one of them.
  bool is_due() const { return due_ != 0; }
  /// Takes it. "" where it is +OK; otherwise what may be shown of it, without the password, which a server that does
  /// not know AUTH repeats.
  std::string take(std::string_view reply);

  /// The error of the first command that failed on this connection; empty when there is none. What the server answers
  /// from then on is of another user or another database.
  const ReplyCode& refused() const { return refused_; }
  /// "AUTH" or "SELECT 2".
  const std::string& refused_command() const { return refused_command_; }

  /// The next request goes out on another connection.
  void connection_ended();

 private:
  const Login login_;
  bool begun_ = false;
  std::uint32_t due_ = 0;
  ReplyCode refused_;
  std::string refused_command_;
};

}  // namespace bakeoff::workloads
