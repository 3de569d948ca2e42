// Isolation: a child adds one to its copy of a counter, a thread adds one to the counter. The parent reads both.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "models/child_process.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {

ProbeResult probe_isolation(const workloads::Settings& /*settings*/) {
  int counter = 0;
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) ::_exit(++counter);  // Its exit status tells what it sees.
  const int in_child = WEXITSTATUS(wait_for_child(child).value_or(0));
  const int in_parent = counter;
  std::thread([&counter] { ++counter; }).join();
  const int after_thread = counter;

  ProbeResult result{.figures = {{"child", static_cast<double>(in_child)},
                                 {"parent", static_cast<double>(in_parent)},
                                 {"parent_after_a_thread", static_cast<double>(after_thread)}},
                     .evidence = {"a forked child added 1: it reads " + std::to_string(in_child) + ", its parent " +
                                      std::to_string(in_parent),
                                  "a thread added 1: the others read " + std::to_string(after_thread)},
                     .units_created = 2,
                     .peak_live_units = 1};
  if (in_child != 1 || in_parent != 0 || after_thread != 1) {
    result.complaint = "expected 1 in the child, 0 in the parent, 1 after a thread";
  }
  return result;
}

}  // namespace bakeoff::models::probes
