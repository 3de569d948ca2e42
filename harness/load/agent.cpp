#include "harness/load/agent.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "harness/load/closed_loop.h"
#include "harness/load/plan.h"

namespace bakeoff {
namespace {

std::atomic<bool> stop_wanted{false};

void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// What load agents want of the system: every descriptor that is allowed, timers to the microsecond, no death by a
/// peer that is gone, and no restart of epoll_wait after SIGTERM.
void prepare_process() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = [](int) { stop_wanted = true; };
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

int run_agent() {
  prepare_process();
  std::string line;
  if (!std::getline(std::cin, line)) return 1;
  try {
    const AgentPlan plan = agent_plan_from_json(line);
    ClosedLoop load(plan, stop_wanted);
    AgentReady ready;
    if (plan.verify) ready.complaint = load.verify();
    if (ready.complaint.empty()) {
      load.connect_all();
      ready.connected = load.connected();
      if (ready.connected == 0) ready.complaint = load.connect_complaint();
    }
    say(to_json(ready));
    if (!ready.complaint.empty()) return 0;
    if (!std::getline(std::cin, line)) return 1;
    const AgentStart start = agent_start_from_json(line);
    say(to_json(load.run(start)));
    std::getline(std::cin, line);
    return 0;
  } catch (const std::exception& error) {
    say(to_json(AgentReady{0, error.what()}));
    return 0;
  }
}

}  // namespace bakeoff
