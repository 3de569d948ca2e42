// What is shared: a thread, and then a forked child, changes one thing after the other, and its creator looks whether
// it sees that. Credentials and priority are a process's by the texts and POSIX; to the kernel they are a thread's, and
// the C library tells the other threads of the former only, which a raw system call goes around.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "models/probes/lifecycle.h"
#include "models/probes/probes.h"
#include "models/probes/process_attributes.h"

namespace bakeoff::models::probes {
namespace {

thread_local int own_word = 0;

std::uint64_t units_made = 0;

void in_thread(const std::function<void()>& work) {
  ++units_made;
  std::jthread{work};
}

int in_child(const std::function<int()>& work) {
  ++units_made;
  const int status = wait_for(fork_child(work));
  if (!WIFEXITED(status)) throw std::runtime_error("a child was killed");
  return WEXITSTATUS(status);
}

Demonstration found(const std::string& who, const std::string& what, bool observed, bool expected,
                    const std::string& done) {
  return {.name = who + "_" + what,
          .observed = observed,
          .expected = expected,
          .sentence = done + ": its creator " + (observed ? "sees it" : "does not see it")};
}

void look_at_threads(std::vector<Demonstration>& demonstrations) {
  const auto add = [&](const std::string& what, bool observed, bool expected, const std::string& done) {
    demonstrations.push_back(found("threads_share", what, observed, expected, "a thread " + done));
  };
  int word = 0;
  in_thread([&word] { word = 1; });
  add("memory", word == 1, true, "wrote to a variable");

  Descriptor opened;
  in_thread([&opened] { opened = two_bytes(); });
  add("descriptors", is_open(opened.get()), true, "opened a file");
  in_thread([&opened] { read_one(opened); });
  add("offset", ::lseek(opened.get(), 0, SEEK_CUR) == 1, true, "read a byte of that file, whose offset moved");

  in_thread([] { ignore_signal(SIGUSR1, true); });
  add("signal_dispositions", is_signal_ignored(SIGUSR1), true, "had SIGUSR1 ignored");
  ignore_signal(SIGUSR1, false);
  in_thread([] { block_signal(SIGUSR1); });
  add("signal_mask", is_signal_blocked(SIGUSR1), false, "blocked SIGUSR1");

  errno = 0;
  in_thread([] { errno = EDOM; });
  add("errno", errno == EDOM, false, "set errno");
  in_thread([] { own_word = 1; });
  add("thread_local", own_word == 1, false, "wrote to a thread_local variable");

  // nice values only rise without privileges: one that is at its end cannot be told.
  constexpr int kNicest = 19;
  const int before = ::getpriority(PRIO_PROCESS, 0);
  if (before < kNicest) {
    in_thread([before] { ::setpriority(PRIO_PROCESS, 0, before + 1); });
    add("nice_value", ::getpriority(PRIO_PROCESS, 0) != before, false, "made itself nicer");
  }
}

/// Looks at a thread that gives up its privileges. Does nothing where there are none.
void look_at_credentials(ProbeResult& result, std::vector<Demonstration>& demonstrations) {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) {
    result.evidence.emplace_back("whether threads share credentials was not tried: only root can change them");
    return;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the raw call is what is looked at.
  const auto give_up = [] { return ::syscall(SYS_setresuid, kNobody, kNobody, kNobody); };
  long refused = 0;
  in_thread([&] { refused = give_up(); });
  if (refused != 0) {
    result.evidence.emplace_back(
        "whether threads share credentials was not tried: the system did not let root change them");
    return;
  }
  demonstrations.push_back(found("threads_share", "credentials", ::geteuid() != 0, false,
                                 "a thread became another user by the raw system call"));
}

void look_at_processes(std::vector<Demonstration>& demonstrations) {
  const auto add = [&](const std::string& what, bool observed, bool expected, const std::string& done) {
    demonstrations.push_back(found("processes_share", what, observed, expected, "a forked child " + done));
  };
  int word = 0;
  in_child([&word] {
    word = 1;
    return 0;
  });
  add("memory", word == 1, false, "wrote to a variable");
  // The child has the lowest number that is free in both, and keeps it open until it exits.
  const int number = in_child([] { return two_bytes().release(); });
  add("descriptors", is_open(number), false, "opened a file");
  const Descriptor inherited = two_bytes();
  in_child([&inherited] {
    read_one(inherited);
    return 0;
  });
  add("offset", ::lseek(inherited.get(), 0, SEEK_CUR) == 1, true,
      "read a byte of an inherited file, whose offset moved");
  in_child([] {
    ignore_signal(SIGUSR1, true);
    return 0;
  });
  add("signal_dispositions", is_signal_ignored(SIGUSR1), false, "had SIGUSR1 ignored");
}

}  // namespace

ProbeResult probe_what_is_shared(const workloads::Settings& /*settings*/) {
  ProbeResult result;
  std::vector<Demonstration> demonstrations;
  ignore_signal(SIGUSR1, false);
  look_at_threads(demonstrations);
  look_at_processes(demonstrations);
  look_at_credentials(result, demonstrations);
  add_demonstrations(result, demonstrations);
  result.units_created = units_made;
  return result;
}

}  // namespace bakeoff::models::probes
