#include "harness/experiment/served_subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

#include "harness/load/coordinator.h"
#include "harness/load/verify.h"
#include "harness/measure/listeners.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/path_access.h"
#include "harness/subjects/foreign_start.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadyTimeout = 10s;
constexpr auto kReadyTimeoutPerUnit = 5ms;  ///< More for each: a fork takes a tenth of it where nobody else runs.
/// To stop, and a millisecond more for each process that has to be ended and reaped.
constexpr auto kStopGrace = 2s;
/// One attempt at a readiness probe: a server that has accepted and does not answer is looked at again, whether it
/// lives and whether it answers now.
constexpr double kProbeS = 1;
/// For so long a server may answer wrongly: it is still loading. After that the verification tells what is wrong.
constexpr auto kLoadingTime = 1s;

/// Waits until its processes and threads have stopped to become more: a server answers as soon as the first of them is
/// there. One that never stops is measured as it is.
void await_steady_process_count(pid_t leader) {
  constexpr auto kPause = 20ms;
  constexpr int kMostLooks = 250;
  constexpr int kEnough = 3;
  std::uint64_t before = 0;
  for (int look = 0, alike = 0; look < kMostLooks && alike < kEnough && !load::interrupted; ++look) {
    const measure::TreeSize size = measure::measure_size(measure::descendants(leader));
    const std::uint64_t now = size.processes + size.threads;
    alike = now == before ? alike + 1 : 0;
    before = now;
    std::this_thread::sleep_for(kPause);
  }
}

/// Loopback is what it was told; another address lets in whoever reaches this machine.
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

/// What the harness itself has run out of: no other server could be prepared either.
bool concerns_every_server(int code) {
  return code == ENOSPC || code == EDQUOT || code == EROFS || code == EIO || code == EMFILE || code == ENFILE ||
         code == ENOMEM;
}

/// A template that has gone, a name that is a folder and a file, or a folder that may not be handed over to another
/// user, concerns this server alone.
subjects::Command prepared(const subjects::Subject& subject, const journal::Trial& row, const std::filesystem::path& folder,
                 std::uint16_t port) try {
  return subjects::prepare_foreign(subject, row.params, row.subject_cpus.size(), folder, port);
} catch (const std::system_error& error) {
  if (concerns_every_server(error.code().value())) throw;
  throw subjects::SubjectError(journal::Outcome::not_run, error.what());
}

void add(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

ServedSubject::ServedSubject(const journal::Trial& row, const subjects::Subject& subject, const std::filesystem::path& folder,
                             const std::vector<std::filesystem::path>& join, std::uint16_t port,
                             const std::function<void(pid_t)>& started)
    : subject_(subject) {
  subject.foreign ? start_foreign(row, folder, join, subjects::free_port(port), started) : start_model(row, folder, join, port);
}

ServedSubject::~ServedSubject() {
  server_.reset();
  if (subject_.foreign) subjects::kill_orphans(before_);
}

void ServedSubject::start_model(const journal::Trial& row, const std::filesystem::path& folder,
                                const std::vector<std::filesystem::path>& join, std::uint16_t port) {
  subjects::Command command = subjects::command_to_serve(subject_, row.workload, row.params, port);
  command.cpus = row.subject_cpus;
  command.join = join;
  command.error_file = folder / "stderr";
  server_ = subjects::Server::start(command, kReadyTimeout + kReadyTimeoutPerUnit * units_for(subject_, row.params));
}

void ServedSubject::start_foreign(const journal::Trial& row, const std::filesystem::path& folder,
                                  const std::vector<std::filesystem::path>& join, std::uint16_t port,
                                  const std::function<void(pid_t)>& started) {
  subjects::Command command = prepared(subject_, row, folder, port);
  const subjects::Identity user = command.identity.value_or(subjects::Identity{::geteuid(), ::getegid()});
  const std::string as_whom = fmt::format("{} (uid {})", command.identity ? "nobody" : "this user", user.uid);
  // The user who has just made the folder gets into it, by a list of groups or of rights if need be.
  if (const std::string closed = command.identity ? subjects::inaccessible_folder(folder, user) : ""; !closed.empty()) {
    throw subjects::SubjectError(journal::Outcome::not_run, fmt::format("{} cannot be reached as {}, as whom it runs: {}; set TMPDIR to a "
                                                     "folder that is open",
                                                     folder.string(), as_whom, closed));
  }
  command.cpus = row.subject_cpus;
  command.join = join;
  watchdog_ = std::make_unique<subjects::Watchdog>(row.load_cpus);
  watchdog_->watch_folder(folder);
  for (const auto& procs : join) watchdog_->watch_cgroup(procs);
  before_ = measure::descendants(::getpid());

  const load::AgentPlan plan = probe_plan(row, port);
  const load::SocketAddress peer = load::resolve(plan.host, port);
  const auto loading_until = std::chrono::steady_clock::now() + kLoadingTime;
  const auto ask = [&]() -> std::string {
    if (load::interrupted) throw load::Interrupted();
    journal::ClientReceipt uncounted;
    const load::VerifyResult verified = load::verify_server(plan, peer, load::interrupted, uncounted);
    if (verified.wrong_answer && std::chrono::steady_clock::now() > loading_until) return "";
    return verified.complaint;
  };
  try {
    server_ =
        subjects::Server::start(command, port, subject_.foreign->ready + kReadyTimeoutPerUnit * units_for(subject_, row.params),
                      ask, [&](pid_t pid) {
                        watchdog_->watch_group(pid);
                        if (started) started(pid);
                      });
    await_steady_process_count(server_->pid());
    warning_ = warning_of(server_->pid());
  } catch (const subjects::CannotExecute& error) {
    const std::filesystem::path program = command.directory / command.argv.front();
    throw subjects::SubjectError(journal::Outcome::not_run,
                       fmt::format("{} cannot be executed as {}, as whom it runs: {}", program.string(), as_whom,
                                   subjects::why_not_executable(program, user, error.what())));
  } catch (...) {
    subjects::kill_orphans(before_);
    throw;
  }
}

void ServedSubject::stop(journal::Trial& row) {
  const auto processes = row.subject_cost ? row.subject_cost->processes_peak.value_or(0) : 0;
  const auto grace = (subject_.foreign ? subject_.foreign->grace : std::chrono::milliseconds(kStopGrace)) +
                     std::chrono::milliseconds(processes);
  const int signal = subject_.foreign ? subject_.foreign->stop_signal : SIGTERM;
  const subjects::Server::StopResult stopped = server_->stop(grace, signal);
  row.server_receipt = stopped.receipt;
  if (row.subject_cost) row.subject_cost->stop_ms = stopped.stop_ms;
  if (!subject_.foreign) {
    if (stopped.ended.exited && stopped.ended.status == 0) return;
    row.outcome = journal::Outcome::died;
    row.outcome_detail = "when told to stop it " + stopped.ended.describe();
    return;
  }
  if (const std::string warning = take_warning(); !warning.empty()) add(row.outcome_detail, warning);
  // A foreign server may exit with any status. That it did not go, or not wholly, is said beside its numbers.
  if (stopped.ended.killed) {
    add(row.outcome_detail,
        fmt::format("it did not end within {} ms of SIG{} and was killed", grace.count(), ::sigabbrev_np(signal)));
  }
  // Where the leader had to be killed, its children went with it.
  const auto orphans = stopped.ended.killed ? 0 : static_cast<std::size_t>(stopped.ended.orphans);
  const std::size_t left = subjects::kill_orphans(before_) + orphans;
  if (left != 0) {
    add(row.outcome_detail, fmt::format("it left {} process{} behind, which {} ended", left, left == 1 ? "" : "es",
                                        left == 1 ? "was" : "were"));
  }
}

}  // namespace bakeoff::experiment
