// bakeoff serve SUBJECT WORKLOAD: runs a model or a foreign server in the foreground, for any client.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/experiment/back_end_server.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/unix_socket.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/file_folder.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"
#include "workloads/back_end.h"

namespace bakeoff::commands {
namespace {

using namespace std::chrono_literals;

/// A foreign server is sized for the load that `bakeoff load` makes when it is told nothing.
constexpr std::uint64_t kConnections = 64;
constexpr std::uint64_t kServerEndPollNs = 200'000'000;  ///< The server's end may go unnoticed for this long.

/// A line that can be pasted into another terminal.
std::string try_unix_socket(const ServeOptions& options) {
  const std::string path = measure::shell_word(options.unix_socket);
  if (!options.back_end.empty()) return fmt::format("curl -i --unix-socket {} http://localhost/call/7", path);
  if (options.workload == "http") return fmt::format("curl -i --unix-socket {} http://localhost/", path);
  if (options.workload == "counter") return fmt::format("redis-cli -s {} incr counter", path);
  return fmt::format("bakeoff load tcp://localhost:7 --unix-socket {}", path);
}

/// The same for a port.
std::string try_it(const std::string& workload, const std::string& request, std::uint16_t port,
                   bool has_back_end = false) {
  if (has_back_end) return fmt::format("curl -i http://127.0.0.1:{}/call/7", port);
  if (workload == "http") return fmt::format("curl -i http://127.0.0.1:{}/", port);
  if (workload == "counter") return fmt::format("redis-cli -p {} incr counter", port);
  if (request == "lines") return fmt::format("echo hello | nc -q 1 127.0.0.1 {}", port);
  return fmt::format("bakeoff load tcp://127.0.0.1:{}", port);
}

/// Returns when the user interrupts; throws SubjectError when the server ends before.
void wait_for_interrupt(subjects::Server& server) {
  while (!subjects::interrupted) {
    server.expect_alive();
    measure::sleep_until_ns(measure::now_ns() + kServerEndPollNs, subjects::interrupted);
  }
}

/// What it is started with. The URL of the back end takes the place of its name in options.back_end.
journal::Params params_of(const ServeOptions& options) {
  journal::Params params;
  params.units = options.units;
  params.load.message_bytes = options.message_bytes.value_or(0);
  if (!options.back_end.empty()) {
    journal::BackEndFacts& facts = params.back_end.emplace();
    facts.pool = options.pool.value_or(facts.pool);
    facts.timeout_ms = options.call_timeout_ms.value_or(facts.timeout_ms);
  }
  return params;
}

subjects::ServedWith with_of(const ServeOptions& options) {
  return {.files = options.files, .back_end = options.back_end, .unix_socket = options.unix_socket};
}

/// A model that is killed cannot remove the file of its socket.
struct SocketRemoval {
  std::string path;  ///< "" for a model that listens on a port.
  ~SocketRemoval() {
    if (!path.empty()) measure::remove_stale_socket(path);
  }
};

int serve_model(const subjects::Subject& subject, const ServeOptions& options) {
  const journal::Params params = params_of(options);
  // Its errors are this command's errors: it keeps the terminal's stderr.
  const subjects::Command command =
      subjects::command_to_serve(subject, options.workload, params, options.port, with_of(options));
  const SocketRemoval removal{options.unix_socket};
  std::optional<subjects::Server> server;
  try {
    server.emplace(subjects::Server::start(command, 10s));
  } catch (const subjects::SubjectError&) {
    if (subjects::interrupted) throw subjects::Interrupted();
    return kFailed;  // bakeoff-subject has said why
  }
  const std::uint64_t units = subjects::units_for(subject, params);
  const std::string count =
      units == subjects::kOneUnitPerCpu ? "one unit per CPU" : fmt::format("{} unit{}", units, units == 1 ? "" : "s");
  const bool on_port = options.unix_socket.empty();
  fmt::print(
      "{} serves {} on {} with {} (process {}); Ctrl-C stops it. Try:\n  {}\n", subject.name, options.workload,
      on_port ? fmt::format("127.0.0.1:{}", server->port()) : measure::plain_line(options.unix_socket), count,
      server->pid(),
      on_port ? try_it(options.workload, "", server->port(), !options.back_end.empty()) : try_unix_socket(options));
  std::fflush(stdout);
  wait_for_interrupt(*server);
  const subjects::Server::StopResult stopped = server->stop();
  if (stopped.receipt) {
    fmt::print("served {} requests over {} connections\n", stopped.receipt->requests.value_or(0),
               stopped.receipt->connections.value_or(0));
  }
  return stopped.ended.exited && stopped.ended.status == 0 ? kDone : kFailed;
}

/// The trial that a foreign server is started for. It gets every CPU, because no load of ours runs beside it.
journal::Trial trial_to_serve(const subjects::Subject& subject, const ServeOptions& options) {
  journal::Trial row;
  row.subject = subject.name;
  row.workload = options.workload;
  row.subject_cpus = row.load_cpus = measure::allowed_cpus();
  row.params = params_of(options);
  row.params.load.connections = kConnections;
  const auto& serves = subject.foreign->serves;
  if (row.params.back_end) row.params.load.request = "/call/{k}";
  if (const auto requests = serves.find(options.workload); requests != serves.end() && requests->second[0] != "*") {
    row.params.load.request = requests->second[0];  // Not every server answers the workload's default.
  }
  return row;
}

void serve_until_stopped(journal::Trial& row, const subjects::Subject& subject, experiment::ServedSubject& served) {
  fmt::print("{} serves {} on 127.0.0.1:{}, sized for {} connections (process {}); Ctrl-C stops it. Try:\n  {}\n",
             subject.name, row.workload, served.server().port(), kConnections, served.server().pid(),
             try_it(row.workload, row.params.load.request, served.server().port(), row.params.back_end.has_value()));
  std::fflush(stdout);
  if (const std::string warning = served.take_warning(); !warning.empty()) fmt::print(stderr, "bakeoff: {}\n", warning);
  wait_for_interrupt(served.server());
  served.stop(row);
  if (!row.outcome_detail.empty()) fmt::print(stderr, "bakeoff: {}\n", row.outcome_detail);
}

int serve_foreign(const subjects::Subject& subject, const ServeOptions& options) {
  journal::Trial row = trial_to_serve(subject, options);
  if (const std::string refusal = subjects::why_not_served(subject, row.workload, row.params); !refusal.empty()) {
    throw UsageError(fmt::format("workload: found \"{}\" for {}, but {}", row.workload, subject.name, refusal));
  }
  if (const std::string refusal = subjects::why_not_started(subject, row.workload, row.params); !refusal.empty()) {
    throw std::runtime_error(fmt::format("{} {}", subject.name, refusal));
  }
  experiment::TrialEnvironment environment(subject, row.params, with_of(options));
  try {
    const auto served = experiment::start_subject(row, subject, environment.site(options.port));
    serve_until_stopped(row, subject, *served);
  } catch (const subjects::SubjectError& error) {
    throw environment.limit().explain(error);
  }
  return kDone;
}

/// Starts the back end that is named, and puts its URL in the place of the name; nullptr for a URL.
std::unique_ptr<experiment::BackEndServer> start_back_end(const subjects::Inventory& inventory, ServeOptions& options) {
  if (options.back_end.empty()) return nullptr;
  if (options.back_end.find("://") != std::string::npos) {
    try {
      workloads::parse_back_end(options.back_end);
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("--back-end: {}", error.what()));
    }
    return nullptr;
  }
  const std::string name = check_name("--back-end", options.back_end, experiment::back_end_names(inventory));
  auto server = std::make_unique<experiment::BackEndServer>(inventory, journal::BackEndFacts{.name = name},
                                                            measure::allowed_cpus());
  options.back_end = server->url();
  tell_user(fmt::format("{} answers at {}: items 0 to {}", name, options.back_end, workloads::kBackEndItems - 1));
  return server;
}

/// Refuses what the subject cannot have, as `run` does, instead of serving something else.
void check_options(const subjects::Subject& subject, const ServeOptions& options) {
  check_units(subject, options.units);
  if (!options.files.empty() && options.workload != "http") {
    throw UsageError(fmt::format("--files: found it beside {}, expected it beside http", options.workload));
  }
  if (!options.files.empty() && !subjects::has_files(options.files)) {
    throw UsageError(
        fmt::format("--files: found no folder of files in {}, expected one that `bakeoff make-files {}` has made",
                    measure::in_quotes(options.files.string()), measure::shell_word(options.files.string())));
  }
  if (!options.back_end.empty() && options.workload != "http") {
    throw UsageError(fmt::format("--back-end: found it beside {}, expected it beside http", options.workload));
  }
  if ((options.pool || options.call_timeout_ms) && options.back_end.empty()) {
    throw UsageError(
        fmt::format("{}: found it without --back-end, expected both", options.pool ? "--pool" : "--call-timeout-ms"));
  }
  if (options.message_bytes && options.workload != "echo") {
    throw UsageError(fmt::format("--message-bytes: found {} for {}, expected it only beside echo",
                                 *options.message_bytes, options.workload));
  }
  if (!options.unix_socket.empty() && options.port != 0) {
    throw UsageError("--port: found it beside --unix-socket, expected one of them");
  }
  if (const std::string why = subjects::why_no_unix_socket(subject); !options.unix_socket.empty() && !why.empty()) {
    throw UsageError(fmt::format("--unix-socket: found it for {}, but {}", subject.name, why));
  }
  if (subject.foreign) return;
  try {
    subjects::check_serve(subject, options.workload, params_of(options), {.unix_socket = options.unix_socket});
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

int serve_command(const ServeOptions& given) {
  subjects::Inventory inventory = full_inventory();
  const std::vector<std::string> workloads = entry_names(inventory.workloads);
  const SubjectAndWork words =
      swap_if_reversed(inventory, {take_subject_folder(given.model, inventory), given.workload}, workloads);
  ServeOptions options = given;
  subjects::Subject subject = check_subject(inventory, words.subject);
  options.workload = check_name("workload", words.work, workloads);
  check_options(subject, options);
  const auto back_end = start_back_end(inventory, options);
  subjects::prepare_subject(subject, tell_user);
  return subject.foreign ? serve_foreign(subject, options) : serve_model(subject, options);
}

}  // namespace bakeoff::commands
