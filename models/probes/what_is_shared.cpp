// What is shared: a thread, and then a forked child, changes one thing after the other, and its creator looks whether
// it sees that. Credentials and priority are a process's by the texts and POSIX; to the kernel they are a thread's, and
// the C library tells the other threads of the former only, which a raw system call goes around.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
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
int global_word = 0;

/// A variable that is static within a function: there is one of it, however many threads call.
int& static_word() {
  static int word = 0;
  return word;
}

/// The mapping that a function of this program lies in, as a line of /proc/self/maps: address, rights, file, place in
/// it.
std::string mapping_of_code() {
  constexpr int kHexadecimal = 16;
  const auto code = reinterpret_cast<std::uintptr_t>(&probe_what_is_shared);
  std::ifstream file("/proc/self/maps");
  for (std::string line; std::getline(file, line);) {
    const std::size_t dash = line.find('-');
    if (dash == line.npos) continue;
    if (std::stoull(line, nullptr, kHexadecimal) <= code &&
        code < std::stoull(line.substr(dash + 1), nullptr, kHexadecimal)) {
      return line;
    }
  }
  return "";
}

/// "5600-5700 r-xp 0000 08:01 42 /usr/bin/it": can be read and run, and not written to.
bool cannot_be_written_to(const std::string& mapping) {
  return mapping.find(" r-xp ") != mapping.npos;
}

Demonstration code_of(const std::string& who, bool same_mapping, const std::string& has) {
  const bool shared = same_mapping && cannot_be_written_to(mapping_of_code());
  return {.name = who + "_share_code",
          .observed = shared,
          .expected = true,
          .sentence = has + (shared ? " the program's code in the same part of the same file, at the same address, and "
                                      "nobody may write to it: nothing is copied"
                                    : " the program's code elsewhere, or it may be written to")};
}

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
  in_thread([] { global_word = static_word() = 1; });
  add("globals", global_word == 1 && static_word() == 1, true,
      "wrote to a global variable and to one that is static in a function");
  std::string code;
  in_thread([&code] { code = mapping_of_code(); });
  demonstrations.push_back(code_of("threads", !code.empty() && code == mapping_of_code(), "a thread has"));

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

/// A child's, of which a thread becomes another user by the C library. What its other thread is then.
enum CredentialStatus : std::uint8_t { still_root, changed_as_well, not_allowed };

CredentialStatus change_user_by_library(uid_t user) {
  int refused = 0;
  in_thread([&] { refused = ::setresuid(user, user, user); });
  if (refused != 0) return not_allowed;
  return ::geteuid() == user ? changed_as_well : still_root;
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
  // In a child: nobody would have any rights left afterwards.
  const int status = in_child([] { return change_user_by_library(kNobody); });
  if (status == not_allowed) return;
  demonstrations.push_back(
      found("threads_share", "credentials_by_library", status == changed_as_well, true,
            "a thread became another user by setresuid() of the C library, which tells every thread"));
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
  global_word = static_word() = 0;
  in_child([] {
    global_word = static_word() = 1;
    return 0;
  });
  add("globals", global_word == 1 || static_word() == 1, false,
      "wrote to a global variable and to one that is static in a function");
  const std::string code = mapping_of_code();
  const bool same_code = in_child([&code] { return !code.empty() && mapping_of_code() == code ? 0 : 1; }) == 0;
  demonstrations.push_back(code_of("processes", same_code, "a forked child has"));
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
