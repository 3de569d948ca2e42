#include "harness/experiment/queue_client.h"

#include <algorithm>
#include <utility>

#include "harness/measure/plain_text.h"
#include "harness/subjects/interruption.h"
#include "workloads/integer.h"
#include "workloads/queue/queued_job.h"
#include "workloads/resp.h"

namespace bakeoff::experiment {
namespace {

namespace queue = workloads::queue;
using workloads::ReplyScanner;

constexpr std::string_view kStagedList = "staged";
constexpr std::size_t kTextsAtOnce = 1000;
constexpr std::size_t kMostUnread = 1000;  ///< Replies of a few bytes that may wait in the socket.
constexpr const char* kAddress = "127.0.0.1";

std::uint64_t number_of(const std::vector<std::string>& reply) {
  const auto number = reply.empty() ? std::nullopt : workloads::parse_unsigned(reply.front());
  if (!number) throw load::ExchangeError("the queue sent no number");
  return *number;
}

}  // namespace

std::vector<std::string> texts_of_reply(std::string_view reply) {
  std::vector<std::string> texts;
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find("\r\n"), reply.size());
    const std::string_view line = reply.substr(1, end - 1);
    const char kind = reply.front();
    reply.remove_prefix(std::min(reply.size(), end + 2));
    if (kind == '-') throw load::ExchangeError("the queue said: " + measure::plain_line(line));
    if (kind == '$') {
      const auto size = workloads::parse_unsigned(line);
      if (!size) continue;  // There is none.
      texts.emplace_back(reply.substr(0, *size));
      reply.remove_prefix(std::min<std::size_t>(reply.size(), *size + 2));
    } else if (kind != '*') {
      texts.emplace_back(line);
    }
  }
  return texts;
}

std::uint64_t number_in_info(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(std::string("\n").append(name).append(":"));
  if (at == info.npos) return 0;
  std::string_view rest = info.substr(at + name.size() + 2);
  return workloads::parse_unsigned(rest.substr(0, rest.find_first_of("\r\n"))).value_or(0);
}

QueueClient::QueueClient(std::uint16_t port, std::uint64_t deadline_ns)
    : peer_(load::resolve(kAddress, port)), connection_(peer_, deadline_ns, subjects::interrupted) {}

void QueueClient::push(std::string_view list, std::span<const std::string> texts) {
  std::string request;
  for (; !texts.empty(); texts = texts.subspan(std::min(texts.size(), kTextsAtOnce))) {
    const auto some = texts.first(std::min(texts.size(), kTextsAtOnce));
    request.clear();
    workloads::append_number(request, '*', static_cast<std::int64_t>(2 + some.size()));
    workloads::append_bulk(request, "RPUSH");
    workloads::append_bulk(request, list);
    for (const std::string& text : some) workloads::append_bulk(request, text);
    connection_.send(request);
    if (++unread_ == kMostUnread) read_replies_to_pushes();
  }
}

void QueueClient::read_replies_to_pushes() {
  for (; unread_ != 0; --unread_) static_cast<void>(texts_of_reply(read_reply()));
}

void QueueClient::put(std::span<const std::string> texts) {
  push(queue::kJobsList, texts);
}

void QueueClient::stage(std::span<const std::string> texts) {
  push(kStagedList, texts);
}

void QueueClient::release() {
  ask({"RENAME", kStagedList, queue::kJobsList});
}

QueueClient::State QueueClient::look() {
  read_replies_to_pushes();
  // One request after the other in one write: Redis lets no other client come in between.
  std::string requests;
  workloads::append_command(requests, {"LLEN", queue::kJobsList});
  workloads::append_command(requests, {"LLEN", queue::kRecordsList});
  workloads::append_command(requests, {"INFO", "clients"});
  connection_.send(requests);
  State state;
  state.waiting = number_of(texts_of_reply(read_reply()));
  state.recorded = number_of(texts_of_reply(read_reply()));
  const auto info = texts_of_reply(read_reply());
  if (info.empty()) return state;
  const std::uint64_t clients = number_in_info(info.front(), "connected_clients");
  state.connected = clients == 0 ? 0 : clients - 1;  // Without this one.
  state.blocked = number_in_info(info.front(), "blocked_clients");
  return state;
}

std::uint64_t QueueClient::put_back(pid_t process) {
  const std::string lists = std::string(queue::kTakenPrefix).append(std::to_string(process)).append(":*");
  std::uint64_t count = 0;
  for (const std::string& list : ask({"KEYS", lists})) {
    while (!ask({"LMOVE", list, queue::kJobsList, "LEFT", "RIGHT"}).empty()) ++count;
  }
  return count;
}

std::vector<std::string> QueueClient::records() {
  std::vector<std::string> all;
  for (;;) {
    const std::string first = std::to_string(all.size()), last = std::to_string(all.size() + kTextsAtOnce - 1);
    std::vector<std::string> some = ask({"LRANGE", queue::kRecordsList, first, last});
    if (some.empty()) return all;
    std::ranges::move(some, std::back_inserter(all));
  }
}

std::vector<std::string> QueueClient::ask(std::initializer_list<std::string_view> command) {
  read_replies_to_pushes();
  std::string request;
  workloads::append_command(request, command);
  connection_.send(request);
  return texts_of_reply(read_reply());
}

std::string QueueClient::read_reply() {
  ReplyScanner scanner;
  for (;;) {
    const auto status = received_.empty() ? ReplyScanner::ReadStatus::more : scanner.scan(received_);
    if (status == ReplyScanner::ReadStatus::broken || status == ReplyScanner::ReadStatus::too_long)
      throw load::ExchangeError("the queue sent no RESP");
    if (status == ReplyScanner::ReadStatus::reply) break;
    received_ += connection_.receive();
  }
  std::string reply = received_.substr(0, scanner.taken().bytes);
  received_.erase(0, reply.size());
  return reply;
}

}  // namespace bakeoff::experiment
