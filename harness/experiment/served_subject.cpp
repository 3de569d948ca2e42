#include "harness/experiment/served_subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/load/coordinator.h"
#include "harness/load/verify.h"
#include "harness/measure/listeners.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/unix_socket.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/runtime_facts.h"
#include "harness/subjects/shared_memory.h"
#include "harness/subjects/watchdog.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadyTimeout = 10s;
constexpr auto kReadyTimeoutPerUnit = 5ms;  ///< Added per unit: a fork takes a tenth of it on a quiet machine.
constexpr auto kStopGrace = 2s;             ///< The time that a model has to stop.
/// The timeout of one readiness probe. A server that has accepted and does not answer is then asked again, if it is
/// still alive.
constexpr double kProbeS = 1;
/// A server may answer wrongly for this long, because it is still loading. After that the verification tells what is
/// wrong.
constexpr auto kLoadingTime = 1s;

/// Waits until the number of its processes and threads no longer grows, since a server answers as soon as the first of
/// them is there. One that never stops growing is measured as it is.
void await_steady_process_count(pid_t leader) {
  constexpr auto kPause = 20ms;
  constexpr int kMostLooks = 250;
  constexpr int kEnough = 3;
  std::uint64_t before = 0;
  for (int look = 0, alike = 0; look < kMostLooks && alike < kEnough && !subjects::interrupted; ++look) {
    const measure::TreeSize size = measure::measure_size(measure::descendants(leader));
    const std::uint64_t now = size.processes + size.threads;
    alike = now == before ? alike + 1 : 0;
    before = now;
    std::this_thread::sleep_for(kPause);
  }
}

/// It was told to listen on loopback. On another address, everyone who reaches this machine can connect to it.
std::string warning_of(pid_t leader) {
  const auto addresses = measure::open_addresses(measure::descendants(leader));
  if (addresses.empty()) return "";
  return fmt::format("it listens on {}, which other machines may reach", fmt::join(addresses, ", "));
}

load::AgentPlan probe_plan(const journal::Trial& row, std::uint16_t port) {
  load::AgentPlan plan;
  plan.workload = row.workload;
  plan.port = port;
  plan.host_field = fmt::format("127.0.0.1:{}", port);
  plan.load.request = row.params.load.request;
  if (row.params.load.message_bytes != 0) plan.load.message_bytes = row.params.load.message_bytes;
  plan.seed = row.seed;
  plan.verify_whole = false;
  plan.connect_timeout_s = kProbeS;
  return plan;
}

/// Whether the harness itself has run out of something, so that no other server could be prepared either.
bool concerns_every_server(int code) {
  return code == ENOSPC || code == EDQUOT || code == EROFS || code == EIO || code == EMFILE || code == ENFILE ||
         code == ENOMEM;
}

/// A missing template, a name that is both a folder and a file, or a folder that cannot be given to another user
/// concerns this server alone.
subjects::Command prepared(const subjects::Subject& subject, const journal::Trial& row, const ServeSite& site) try {
  return subjects::prepare_foreign(subject, row.workload, row.params, row.subject_cpus.size(), site.folder, site.port,
                                   site.with);
} catch (const std::system_error& error) {
  if (concerns_every_server(error.code().value())) throw;
  throw subjects::SubjectError(journal::Outcome::not_run, error.what());
}

/// Each process that has to be ended and reaped adds a millisecond.
std::chrono::milliseconds stop_grace(const journal::Trial& row, std::chrono::milliseconds grace) {
  const auto processes = row.subject_cost ? row.subject_cost->processes_peak.value_or(0) : 0;
  return grace + std::chrono::milliseconds(processes);
}

void add(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

/// Throws SubjectError, not_run, where it cannot be executed.
subjects::Process start_setup(const subjects::Command& command) try {
  return subjects::Process::start(command);
} catch (const subjects::CannotExecute& error) {
  throw subjects::not_executed(command, error);
}

/// Runs the commands that set it up, on the CPUs of the trial. Throws SubjectError, not_run, for one that fails.
void set_up(const subjects::Subject& subject, const journal::Trial& row, const ServeSite& site,
            subjects::Watchdog& watchdog) {
  constexpr auto kSetupLimit = 60s;
  constexpr auto kPiece = 100ms;
  for (auto& [command, input] :
       subjects::setup_commands(subject, row.workload, row.params, row.subject_cpus.size(), site.folder, site.port)) {
    command.cpus = row.subject_cpus;
    command.join = site.join;
    subjects::Process process = start_setup(command);
    watchdog.watch_group(process.pid());
    process.write(input);
    process.close_input();
    std::optional<subjects::ExitResult> ended;
    const auto until = std::chrono::steady_clock::now() + kSetupLimit;
    while (!ended && !subjects::interrupted && std::chrono::steady_clock::now() < until) ended = process.wait(kPiece);
    if (ended && ended->exited && ended->status == 0) continue;
    const std::string said = process.last_output();
    if (!ended) {
      subjects::LeftSharedMemory memory;
      memory.look_at_group(process.pid());
      process.stop(SIGKILL);
      memory.remove();
    }
    if (subjects::interrupted) throw subjects::Interrupted();
    throw subjects::SubjectError(journal::Outcome::not_run,
                                 fmt::format("it could not be set up: {} {}: {}",
                                             std::filesystem::path(command.argv.front()).filename().string(),
                                             ended ? ended->describe() : "did not end in time", said));
  }
}

class ServedModel : public ServedSubject {
 public:
  ServedModel(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site);
  std::optional<double> ready_ms() const override { return server_->startup_ms(); }
  double first_answer_ms() override;
  void stop(journal::Trial& row) override;

 private:
  const journal::Trial& row_;
};

class ServedForeign : public ServedSubject {
 public:
  /// The site has a port.
  ServedForeign(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site);
  ~ServedForeign() override { end(); }
  std::string take_warning() override { return std::exchange(warning_, ""); }
  std::optional<journal::RuntimeFacts> runtime() const override { return subjects::runtime_in(ready_line_); }
  std::optional<double> ready_ms() const override { return ready_ms_; }
  void stop(journal::Trial& row) override;

 private:
  void end();

  const subjects::Subject& subject_;
  std::unique_ptr<subjects::Watchdog> watchdog_;
  pid_t leader_ = 0;
  std::vector<pid_t> before_;  ///< The children of this process before the server was started.
  std::string warning_;
  std::string ready_line_;          ///< What a runtime has said of itself,
  std::optional<double> ready_ms_;  ///< and when.
};

ServedModel::ServedModel(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site)
    : row_(row) {
  if (const std::string& path = site.with.unix_socket; path.size() > measure::kLongestSocketPath) {
    throw subjects::SubjectError(
        journal::Outcome::not_run,
        fmt::format("a Unix socket has a path of at most {} bytes, and {} has {}: TMPDIR names "
                    "another place",
                    measure::kLongestSocketPath, path, path.size()));
  }
  subjects::Command command = subjects::command_to_serve(subject, row.workload, row.params, site.port, site.with);
  command.cpus = row.subject_cpus;
  command.join = site.join;
  command.error_file = site.folder / "stderr";
  server_ = subjects::Server::start(command, kReadyTimeout + kReadyTimeoutPerUnit * units_for(subject, row.params));
}

double ServedModel::first_answer_ms() {
  const load::AgentPlan plan = probe_plan(row_, server_->port());
  journal::ClientReceipt uncounted;
  const load::VerifyResult verified =
      load::verify_server(plan, load::resolve(plan.host, server_->port()), subjects::interrupted, uncounted);
  const double answered_ms = server_->ms_since_start();
  if (subjects::interrupted) throw subjects::Interrupted();
  if (!verified.complaint.empty()) throw subjects::SubjectError(journal::Outcome::errors, verified.complaint);
  return answered_ms;
}

void ServedModel::stop(journal::Trial& row) {
  const subjects::Server::StopResult stopped = stop_server(row, kStopGrace, SIGTERM);
  if (stopped.ended.exited && stopped.ended.status == 0) return;
  row.outcome = journal::Outcome::died;
  row.outcome_detail = "when told to stop it " + stopped.ended.describe();
}

ServedForeign::ServedForeign(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site)
    : subject_(subject) {
  subjects::Command command = prepared(subject_, row, site);
  subjects::require_reachable(command, site.folder);
  command.cpus = row.subject_cpus;
  command.join = site.join;
  watchdog_ = std::make_unique<subjects::Watchdog>(row.load_cpus);
  watchdog_->watch_folder(site.folder);
  for (const auto& procs : site.join) watchdog_->watch_cgroup(procs);
  before_ = measure::descendants(::getpid());

  try {
    set_up(subject_, row, site, *watchdog_);
  } catch (...) {
    subjects::kill_orphans(before_);
    throw;
  }
  const load::AgentPlan plan = probe_plan(row, site.port);
  const load::SocketAddress peer = load::resolve(plan.host, site.port);
  const auto loading_until = std::chrono::steady_clock::now() + kLoadingTime;
  const auto ask = [&](const subjects::Server& server) -> std::string {
    if (subjects::interrupted) throw subjects::Interrupted();
    if (subject_.foreign->says_ready && ready_line_.empty()) {
      ready_line_ = server.printed_object("ready");
      if (!ready_line_.empty()) ready_ms_ = server.ms_since_start();
      if (ready_line_.empty()) return R"(it has not printed {"ready":true,"port":P} yet)";
      const std::string wrong = subjects::what_is_wrong_with_ready(ready_line_, site.port);
      if (!wrong.empty()) throw subjects::SubjectError(journal::Outcome::died, wrong);
    }
    if (site.ask) return site.ask(site.port);
    journal::ClientReceipt uncounted;
    const load::VerifyResult verified = load::verify_server(plan, peer, subjects::interrupted, uncounted);
    if (verified.wrong_answer && std::chrono::steady_clock::now() > loading_until) return "";
    return verified.complaint;
  };
  try {
    server_ = subjects::Server::start(command, site.port,
                                      subject_.foreign->ready + kReadyTimeoutPerUnit * units_for(subject_, row.params),
                                      ask, [&](pid_t pid) {
                                        leader_ = pid;
                                        watchdog_->watch_group(pid);
                                        if (site.started) site.started(pid);
                                      });
    await_steady_process_count(server_->pid());
    warning_ = warning_of(server_->pid());
  } catch (const subjects::CannotExecute& error) {
    throw subjects::not_executed(command, error);
  } catch (...) {
    end();  // Before the watchdog goes.
    throw;
  }
}

/// However it ended, or if it did not.
void ServedForeign::end() {
  subjects::LeftSharedMemory memory;
  if (server_ && server_->pid() > 0) {
    memory.look_at_group(leader_);
  } else if (leader_ > 0) {
    memory.look_at(leader_);
  }
  server_.reset();
  subjects::kill_orphans(before_);
  memory.remove();
}

void ServedForeign::stop(journal::Trial& row) {
  const int signal = subject_.foreign->stop_signal;
  const subjects::Server::StopResult stopped = stop_server(row, subject_.foreign->grace, signal);
  // It answered, errors perhaps, and yet a part of it had no memory left.
  if (const std::string heap = server_->full_heap(); !heap.empty()) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = heap + (row.outcome_detail.empty() ? "" : "; " + row.outcome_detail);
  }
  if (const std::string warning = take_warning(); !warning.empty()) add(row.outcome_detail, warning);
  // A foreign server may exit with any status. That it did not end, or left processes, is said beside its numbers.
  if (stopped.ended.killed) {
    add(row.outcome_detail, fmt::format("it did not end within {} ms of SIG{} and was killed",
                                        stop_grace(row, subject_.foreign->grace).count(), ::sigabbrev_np(signal)));
  }
  // If the leader had to be killed, its children were killed with it.
  const auto orphans = stopped.ended.killed ? 0 : static_cast<std::size_t>(stopped.ended.orphans);
  const std::size_t left = subjects::kill_orphans(before_) + orphans;
  if (left != 0) add(row.outcome_detail, subjects::left_behind(left));
}

}  // namespace

subjects::Server::StopResult ServedSubject::stop_server(journal::Trial& row, std::chrono::milliseconds grace,
                                                        int signal) {
  const subjects::Server::StopResult stopped = server_->stop(stop_grace(row, grace), signal);
  row.server_receipt = stopped.receipt;
  if (row.subject_cost) row.subject_cost->stop_ms = stopped.stop_ms;
  return stopped;
}

std::unique_ptr<ServedSubject> start_subject(const journal::Trial& row, const subjects::Subject& subject,
                                             const ServeSite& site) {
  if (!subject.foreign) return std::make_unique<ServedModel>(row, subject, site);
  ServeSite with_port = site;
  with_port.port = subjects::free_port(site.port);
  return std::make_unique<ServedForeign>(row, subject, with_port);
}

}  // namespace bakeoff::experiment
