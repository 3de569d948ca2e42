// process: a forked process a unit.
//
// Who waits: the caller, in waitpid(). Who owns: each child has a copy of everything and writes its one answer into a
// shared mapping. No gate, as with threads: a child begins when the system lets it, and the peak is what was alive.
// Left out: exec, a pool of workers, answers larger than a number.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

#include "models/catalogue.h"
#include "models/live_count.h"
#include "models/shared_memory.h"

namespace bakeoff {
namespace {

/// What became of a child: "" when it ended well.
std::string death_of(std::size_t unit, pid_t pid, int status) {
  const std::string who = "unit " + std::to_string(unit) + " (process " + std::to_string(pid) + ") ";
  if (WIFSIGNALED(status))
    return who + "was killed by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) +
           ")";
  if (WEXITSTATUS(status) != 0) return who + "failed: its work threw an exception";
  return "";
}

class ProcessExecutor final : public Executor {
 public:
  Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) override {
    const SharedArray<std::uint64_t> answers(units);
    const SharedArray<LiveCount> count(1);
    std::vector<pid_t> children;
    children.reserve(units);
    const pid_t parent = ::getpid();
    int fork_error = 0;
    while (children.size() < units && fork_error == 0) {
      const pid_t pid = ::fork();
      if (pid == 0) live(parent, count[0], answers[children.size()], body, children.size());
      if (pid < 0) {
        fork_error = errno;
      } else {
        children.push_back(pid);
      }
    }
    if (fork_error != 0)
      for (const pid_t pid : children) ::kill(pid, SIGKILL);

    std::string death;
    for (std::size_t i = 0; i < children.size(); ++i) {
      int status = 0;
      while (::waitpid(children[i], &status, 0) < 0 && errno == EINTR) continue;
      if (death.empty()) death = death_of(i, children[i], status);
    }
    if (fork_error != 0)
      throw std::system_error(fork_error, std::generic_category(), "fork unit " + std::to_string(children.size()));
    if (!death.empty()) throw std::runtime_error(death);
    return {.answers = {answers.items().begin(), answers.items().end()},
            .units_created = units,
            .peak_live_units = count[0].peak()};
  }

 private:
  [[noreturn]] static void live(pid_t parent, LiveCount& count, std::uint64_t& answer,
                                const std::function<std::uint64_t(std::size_t)>& body, std::size_t index) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    int status = 0;
    try {
      const LiveCount::Held held(count);
      answer = body(index);
    } catch (...) {
      status = 1;
    }
    ::_exit(status);
  }
};

}  // namespace

std::unique_ptr<Executor> make_process_executor() {
  return std::make_unique<ProcessExecutor>();
}

}  // namespace bakeoff
