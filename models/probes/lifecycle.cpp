#include "models/probes/lifecycle.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "models/child_process.h"

namespace bakeoff::models::probes {

pid_t fork_child(const std::function<int()>& work) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child > 0) return child;
  if (!die_with_parent(parent)) ::_exit(1);
  // A core that goes through a pipe asks for no limit, only whether the process may be dumped.
  constexpr rlimit kNone{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &kNone);
  ::prctl(PR_SET_DUMPABLE, 0);
  int status = 1;
  try {
    status = work();
  } catch (...) {
    status = 1;
  }
  ::_exit(status);
}

KilledChild::~KilledChild() {
  ::kill(pid_, SIGKILL);
  wait_for_child(pid_);
}

int wait_for(pid_t child) {
  const std::optional<int> status = wait_for_child(child);
  if (!status) throw std::system_error(errno, std::generic_category(), "wait for a child");
  return *status;
}

void wait_unreaped(pid_t child) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) != 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait for a child");
  }
}

char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return '-';
  const std::size_t end_of_name = line.rfind(')');  // "123 (a name) S ..."
  return end_of_name + 2 < line.size() ? line[end_of_name + 2] : '-';
}

void add_demonstrations(ProbeResult& result, const std::vector<Demonstration>& demonstrations) {
  for (const Demonstration& demonstration : demonstrations) {
    result.figures.push_back({demonstration.name + "_yes_or_no", demonstration.observed ? 1.0 : 0.0});
    result.evidence.push_back(demonstration.sentence);
    if (demonstration.observed == demonstration.expected) continue;
    if (!result.complaint.empty()) result.complaint += "; ";
    result.complaint += demonstration.name + " is " + (demonstration.observed ? "1" : "0") + ", expected " +
                        (demonstration.expected ? "1" : "0");
  }
}

}  // namespace bakeoff::models::probes
