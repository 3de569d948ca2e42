#include "harness/subjects/server.h"

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"

namespace bakeoff::subjects {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using nlohmann::json;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

template <typename Value>
void get(const json& object, const char* key, std::optional<Value>& value) {
  if (const auto found = object.find(key); found != object.end() && found->is_number()) value = found->get<Value>();
}

std::optional<journal::ServerReceipt> parse_receipt(const std::string& line) {
  const json document = json::parse(line, nullptr, false);
  if (!document.is_object() || !document.contains("receipt")) return std::nullopt;
  const json& object = document.at("receipt");
  journal::ServerReceipt receipt;
  get(object, "requests", receipt.requests);
  get(object, "bytes_received", receipt.bytes_received);
  get(object, "bytes_sent", receipt.bytes_sent);
  get(object, "files", receipt.files);
  get(object, "calls", receipt.calls);
  get(object, "back_end_connections", receipt.back_end_connections);
  get(object, "call_waits", receipt.call_waits);
  get(object, "call_wait_us", receipt.call_wait_us);
  get(object, "calls_refused", receipt.calls_refused);
  get(object, "calls_broken", receipt.calls_broken);
  get(object, "calls_without_value", receipt.calls_without_value);
  get(object, "calls_late", receipt.calls_late);
  get(object, "final_counter", receipt.final_counter);
  get(object, "connections", receipt.connections);
  get(object, "units_created", receipt.units_created);
  get(object, "peak_live_units", receipt.peak_live_units);
  get(object, "accept_pauses", receipt.accept_pauses);
  get(object, "kept_waiting", receipt.kept_waiting);
  if (const auto limit = object.find("limit"); limit != object.end() && limit->is_string()) {
    receipt.limit = measure::plain_line(limit->get<std::string>());
  }
  if (const auto settings = object.find("settings"); settings != object.end() && settings->is_object()) {
    for (const auto& [name, value] : settings->items()) {
      receipt.settings[measure::plain_line(name)] =
          measure::plain_line(value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return receipt;
}

/// Processes that the kernel has killed for want of memory since it was started.
std::optional<std::uint64_t> memory_kills() {
  const auto text = measure::read_text("/proc/vmstat");
  const auto count = text ? measure::value_of(*text, "oom_kill") : std::nullopt;
  return count ? measure::parse_number<std::uint64_t>(*count) : std::nullopt;
}

/// What a program says of itself that the system had no more for. The last is bakeoff-subject's own, of its units.
bool tells_of_limit(const std::string& said) {
  const auto says = [&](const std::string& words) { return said.find(words) != std::string::npos; };
  for (const int code : {EAGAIN, ENOMEM, EMFILE, ENFILE}) {
    if (says(std::generic_category().message(code))) return true;
  }
  return says("std::bad_alloc") || says("leaves room for no more");
}

/// Between two questions whether it is ready: short enough to know its start-up time to 5 %.
Clock::duration pause_after(Clock::duration elapsed) {
  constexpr int kPausesInTheTime = 20;
  return std::clamp<Clock::duration>(elapsed / kPausesInTheTime, 100us, 2ms);
}

}  // namespace

SubjectError explain_end(const ExitResult& ended, const std::string& said, bool killed_for_memory) {
  const std::string text = std::string(kOfTheSubject) + ended.describe() + (said.empty() ? "" : ": " + said);
  if (!ended.exited && ended.signal == SIGKILL && !ended.killed && killed_for_memory) {
    return {journal::Outcome::limit, text + "; the kernel had no memory left and killed it (oom_kill)"};
  }
  if (!ended.exited && ended.signal == SIGXCPU) {
    return {journal::Outcome::limit, text + "; a process may use so much CPU time and no more (RLIMIT_CPU)"};
  }
  return {tells_of_limit(said) ? journal::Outcome::limit : journal::Outcome::died, text};
}

SubjectError explain_end(const ExitResult& ended, const Process& process, bool killed_for_memory) {
  const SubjectError end = explain_end(ended, process.last_output(), killed_for_memory);
  const std::string heap = process.full_heap();
  return heap.empty() ? end : SubjectError(journal::Outcome::limit, heap + "; " + end.what());
}

Server Server::start(const Command& command, std::chrono::milliseconds timeout) {
  const auto kills = memory_kills();
  Server server(Process::start(command));
  server.memory_kills_ = kills;
  const auto line = server.process_.read_line(timeout);
  server.startup_ms_ = server.ms_since_start();
  if (!line) {
    server.expect_alive();
    throw SubjectError(journal::Outcome::died, "not ready within " + std::to_string(timeout.count()) + " ms");
  }
  const json ready = json::parse(*line, nullptr, false);
  if (!ready.is_object() || !ready.value("ready", false) ||
      !(ready.contains("port") || ready.contains("unix_socket"))) {
    throw SubjectError(journal::Outcome::died,
                       "expected {\"ready\":true,\"port\":P}, got: " + measure::plain_line(line->substr(0, 200)));
  }
  server.port_ = ready.value("port", std::uint16_t{0});
  return server;
}

Server Server::start(const Command& command, std::uint16_t port, std::chrono::milliseconds timeout,
                     const std::function<std::string(const Server&)>& ask, const std::function<void(pid_t)>& started) {
  const auto kills = memory_kills();
  Server server(Process::start(command));
  server.memory_kills_ = kills;
  server.port_ = port;
  started(server.pid());
  for (std::string complaint; !(complaint = ask(server)).empty();) {
    server.expect_alive();
    if (Clock::now() - server.executed_ > timeout) {
      const std::string said = server.process_.last_output(), heap = server.full_heap();
      throw SubjectError(heap.empty() ? journal::Outcome::died : journal::Outcome::limit,
                         (heap.empty() ? "" : heap + "; ") + "not ready within " + std::to_string(timeout.count()) +
                             " ms on port " + std::to_string(port) + ": " + complaint +
                             (said.empty() ? "" : "; it said: " + said));
    }
    std::this_thread::sleep_for(pause_after(Clock::now() - server.executed_));
  }
  // The answer may be another program's, which took the port just before.
  server.expect_alive();
  server.startup_ms_ = server.ms_since_start();
  return server;
}

double Server::ms_since_start() const {
  return milliseconds_since(executed_);
}

void Server::expect_alive() {
  // Its output ending is seen a moment before its end can be waited for.
  const auto ended = process_.wait(process_.output_ended() ? 1s : 0ms);
  if (!ended) return;
  throw explain_end(*ended, process_, memory_kills() > memory_kills_);
}

Server::StopResult Server::stop(std::chrono::milliseconds grace, int signal) {
  StopResult stopped;
  const auto begin = Clock::now();
  // The receipt is small enough to stay in the pipe: the subject never blocks on printing it.
  stopped.ended = process_.stop(signal, grace);
  stopped.stop_ms = milliseconds_since(begin);
  while (const auto line = process_.read_line(0ms)) {
    if (auto receipt = parse_receipt(*line)) stopped.receipt = receipt;
  }
  return stopped;
}

}  // namespace bakeoff::subjects
