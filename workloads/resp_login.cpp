#include "workloads/resp_login.h"

#include "workloads/resp.h"

namespace bakeoff::workloads {

RespLogin::RespLogin(const Login& login) : login_(login) {}

std::uint32_t RespLogin::begin(std::string& requests) {
  if (begun_) return 0;
  begun_ = true;
  if (login_.authenticates()) {
    if (login_.user.empty()) {
      append_command(requests, {"AUTH", login_.password});
    } else {
      append_command(requests, {"AUTH", login_.user, login_.password});
    }
    ++due_;
  }
  if (login_.database) {
    append_command(requests, {"SELECT", std::to_string(*login_.database)});
    ++due_;
  }
  return due_;
}

std::string RespLogin::take(std::string_view reply) {
  const bool selects = login_.database && due_ == 1;
  --due_;
  if (reply == "+OK\r\n") return "";
  std::string shown(reply);
  if (!login_.password.empty()) {
    constexpr std::string_view kHidden = "***";
    for (std::size_t at = 0; (at = shown.find(login_.password, at)) != std::string::npos; at += kHidden.size()) {
      shown.replace(at, login_.password.size(), kHidden);
    }
  }
  if (refused_.empty()) {
    refused_ = code_of_error(reply);
    refused_command_ = selects ? "SELECT " + std::to_string(*login_.database) : "AUTH";
  }
  return shown;
}

void RespLogin::connection_ended() {
  begun_ = false;
  due_ = 0;
  refused_ = {};
}

}  // namespace bakeoff::workloads
