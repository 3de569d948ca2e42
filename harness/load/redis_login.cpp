#include "harness/load/redis_login.h"

#include "harness/load/hints.h"
#include "workloads/client.h"
#include "workloads/resp.h"
#include "workloads/resp_login.h"

namespace bakeoff::load {

std::string refusal_in_words(std::string_view reply) {
  const std::string code(workloads::code_of_error(reply).view());
  std::string words = workloads::printable(reply.substr(0, reply.find('\r')));
  if (!words.ends_with('.')) words += '.';
  // An ERR says in words what it is about.
  const std::string hint = code == "ERR" ? "" : hint_for({"reply", code, 1}, {});
  return "the server answers " + words + (hint.empty() ? "" : " " + hint);
}

void log_in(BlockingConnection& connection, const workloads::Login& login) {
  workloads::RespLogin session(login);
  std::string request;
  session.begin(request);
  connection.send(request);
  workloads::ReplyScanner scanner;
  for (std::string bytes; session.is_due();) {
    bytes.append(connection.receive());
    while (session.is_due() && !bytes.empty()) {
      const auto status = scanner.scan(bytes);
      if (status == workloads::ReplyScanner::ReadStatus::broken) {
        throw ExchangeError("expected a RESP reply, got " + workloads::printable(bytes));
      }
      if (status == workloads::ReplyScanner::ReadStatus::more) break;
      const std::size_t end = scanner.taken().bytes;
      if (const std::string shown = session.take(std::string_view(bytes).substr(0, end)); !shown.empty()) {
        throw ExchangeError(session.refused_command() + ": " + refusal_in_words(shown));
      }
      bytes.erase(0, end);
    }
  }
}

}  // namespace bakeoff::load
