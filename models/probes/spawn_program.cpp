// spawn-posix-spawn and spawn-fork-exec: a child that becomes another program, which exits at once (exit_at_once.cpp).
// posix_spawn() makes it the way vfork() does, so that it costs the same whatever the parent's size; its call returns
// when the program has been loaded. fork() copies the parent's page tables first, only to throw them away.
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <stdexcept>
#include <string>
#include <system_error>

#include "models/limits.h"
#include "models/probes/children.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"
#include "models/probes/spawning_process.h"

namespace bakeoff::models::probes {
namespace {

constexpr int kNoProgram = 127;

/// "static" or "dynamic": beside the program that runs.
std::string path_of(const std::string& kind) {
  std::array<char, PATH_MAX> self{};
  const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size());
  if (length < 0) throw std::system_error(errno, std::generic_category(), "read /proc/self/exe");
  std::string path(self.data(), static_cast<std::size_t>(length));
  path = path.substr(0, path.rfind('/') + 1) + "bakeoff-exit-" + kind;
  if (::access(path.c_str(), X_OK) != 0) {
    throw std::invalid_argument("program=" + kind + " needs " + path +
                                (kind == "static" ? ", which is built where a static C library is installed" : ""));
  }
  return path;
}

class Programs {
 public:
  Programs(std::size_t most, const std::string& kind, bool forks)
      : children_(most), path_(path_of(kind)), forks_(forks) {
    ::fcntl(pipe_.read_end.get(), F_SETFD, FD_CLOEXEC);
    number_ = std::to_string(pipe_.write_end.get());
  }

  void create(std::size_t index, StartReport* report) {
    const std::array<char*, 3> words{path_.data(), report == nullptr ? nullptr : number_.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    report_ = report;
    children_[index] = forks_ ? fork_it(words.data(), environment.data()) : spawn_it(words.data(), environment.data());
  }

  void join(std::size_t index) {
    children_.reap(index);
    if (report_ != nullptr && ::read(pipe_.read_end.get(), report_, sizeof *report_) != sizeof *report_)
      throw std::runtime_error("the new program did not say when it began");
  }

 private:
  pid_t spawn_it(char* const* words, char* const* environment) {
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, path_.c_str(), nullptr, nullptr, words, environment);
    if (error != 0) throw executors::LimitReached(name_limit(Resource::process, error));
    return pid;
  }

  pid_t fork_it(char* const* words, char* const* environment) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execve(path_.c_str(), words, environment);
      ::_exit(kNoProgram);
    }
    if (pid < 0) throw executors::LimitReached(name_limit(Resource::process, errno));
    return pid;
  }

  Children children_;
  std::string path_, number_;
  bool forks_;
  Pipe pipe_ = make_pipe(0);       // A new program inherits the write end.
  StartReport* report_ = nullptr;  // Written by the child made last: children that report are made one by one.
};

}  // namespace

ProbeResult probe_spawn_posix_spawn(const workloads::Settings& settings) {
  return measure_processes<Programs>(settings, settings.text("place"), settings.text("program"), false);
}

ProbeResult probe_spawn_fork_exec(const workloads::Settings& settings) {
  return measure_processes<Programs>(settings, settings.text("place"), settings.text("program"), true);
}

}  // namespace bakeoff::models::probes
