// process: one forked process per unit.
//
// Who waits: the caller, in waitpid(); a unit, in the kernel. Who owns: each child has a copy of everything and writes
// its one answer into a shared mapping. No barrier, as with threads: a child begins when the system lets it, and the
// peak is what was alive. Left out: exec, a pool of workers, answers larger than a number.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>

#include "models/child_process.h"
#include "models/executors/executors.h"
#include "models/executors/os_unit.h"
#include "models/shared_array.h"

namespace bakeoff::models::executors {
namespace {

constexpr int kFailed = 1;
constexpr int kMetLimit = 3;
constexpr int kAbandoned = 4;

/// What became of a child: "" when it ended well.
std::string death_of(std::size_t unit, pid_t pid, int status) {
  const std::string who = "unit " + std::to_string(unit) + " (process " + std::to_string(pid) + ") ";
  if (WIFSIGNALED(status))
    return who + "was killed by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) +
           ")";
  if (WEXITSTATUS(status) != 0) return who + "failed: its work threw an exception";
  return "";
}

/// Children for the work of a batch. Each has a place for its answer.
class UnitProcesses {
 public:
  UnitProcesses(std::size_t most, OsShared& shared) : shared_(shared), answers_(most) { children_.reserve(most); }

  /// Forks as many as are wanted or as the system lets it; `work(i)` is what child i answers.
  template <typename Work>
  void fork_units(std::size_t count, const Work& work) {
    const pid_t parent = ::getpid();
    while (children_.size() < count) {
      const pid_t pid = ::fork();
      if (pid == 0) run_child(parent, children_.size(), work);
      if (pid < 0) {
        limit_ = name_limit(Resource::process, errno);
        return;
      }
      children_.push_back(pid);
    }
  }

  /// Waits for all of them, in the order in which they end. When one has died, the others are killed: they may be
  /// waiting for it.
  void reap(const std::string& limit_of_children) {
    std::unordered_map<pid_t, std::size_t> alive;
    for (std::size_t i = 0; i < children_.size(); ++i) alive.emplace(children_[i], i);
    while (!alive.empty()) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, 0);
      if (pid < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait for units");
      const auto ended = alive.find(pid);
      if (ended == alive.end()) continue;
      const std::size_t unit = ended->second;
      alive.erase(ended);
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
      if (code == kMetLimit) {
        limit_ = limit_of_children;
      } else if (code != kAbandoned && death_.empty()) {
        death_ = death_of(unit, pid, status);
        if (death_.empty()) continue;
        for (const auto& [sibling, index] : alive) ::kill(sibling, SIGKILL);
      }
    }
    if (!death_.empty()) throw std::runtime_error(death_);
  }

  std::size_t created() const { return children_.size(); }
  const std::string& limit() const { return limit_; }
  std::span<const std::uint64_t> answers() const { return answers_.items().first(created()); }

 private:
  template <typename Work>
  [[noreturn]] void run_child(pid_t parent, std::size_t index, const Work& work) {
    if (!die_with_parent(parent)) ::_exit(kFailed);
    int status = 0;
    try {
      answers_[index] = work(index);
    } catch (const LimitReached&) {
      status = kMetLimit;
    } catch (const OtherUnitFailed&) {
      status = kAbandoned;
    } catch (...) {
      status = kFailed;
    }
    if (status != 0) shared_.sync.abandon();
    ::_exit(status);
  }

  OsShared& shared_;
  SharedArray<std::uint64_t> answers_;
  std::vector<pid_t> children_;
  std::string limit_, death_;
};

class ProcessUnit final : public OsUnit {
 public:
  using OsUnit::OsUnit;

  workloads::jobs::UnitCall fan_out(std::size_t count, const workloads::jobs::ChildWork& work) override {
    throw_over_limit(shared(), count);
    UnitProcesses processes(count, shared());
    processes.fork_units(count, [&](std::size_t i) {
      const LiveCount::Scope held(shared().count);
      ProcessUnit child(shared());
      return work(child, i).run();
    });
    processes.reap(shared().limit.data());
    if (!processes.limit().empty()) throw LimitReached(processes.limit());
    std::uint64_t sum = 0;
    for (const std::uint64_t answer : processes.answers()) sum += answer;
    return workloads::jobs::UnitCall(sum);
  }
};

class ProcessExecutor final : public Executor {
 public:
  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    const SharedArray<OsShared> memory(1);
    OsShared& shared = memory[0];
    const std::string limit = shared.limit_units(capacity_, units);
    shared.sync.barrier.set_parties(units);
    UnitProcesses processes(units, shared);
    processes.fork_units(units, [&](std::size_t i) {
      const LiveCount::Scope held(shared.count);
      ProcessUnit unit(shared);
      return run_blocking(job, unit, i);
    });
    if (processes.created() < units) shared.sync.barrier.set_parties(processes.created());
    processes.reap(shared.limit.data());
    return {.answers = {processes.answers().begin(), processes.answers().end()},
            .units_created = shared.count.begun(),
            .peak_live_units = shared.count.peak(),
            .limit = limit.empty() ? processes.limit() : limit};
  }

 private:
  Capacity capacity_ = capacity_less_reserve(Resource::process);
};

}  // namespace

std::unique_ptr<Executor> make_process_executor(const workloads::Settings& /*settings*/) {
  return std::make_unique<ProcessExecutor>();
}

}  // namespace bakeoff::models::executors
