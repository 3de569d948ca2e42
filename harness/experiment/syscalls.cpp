#include "harness/experiment/syscalls.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/experiment/trial_load.h"
#include "harness/load/coordinator.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr auto kAttachTimeout = 30s;

/// Attaches strace to all threads of these processes; stop() makes it write its counts.
class Tracer {
 public:
  /// Blocks until it is attached to all of them.
  Tracer(const std::vector<pid_t>& pids, const std::vector<int>& cpus)
      : process_(subjects::Process::start(command(pids, cpus))) {
    const auto deadline = std::chrono::steady_clock::now() + kAttachTimeout;
    while (attached() < pids.size()) {
      const bool late = std::chrono::steady_clock::now() > deadline;
      if (late || process_.wait(1ms)) {
        throw std::runtime_error(fmt::format("strace cannot attach: {}", process_.last_output()));
      }
      if (subjects::interrupted) throw subjects::Interrupted();
    }
  }

  std::map<std::string, std::uint64_t> stop() {
    const subjects::ExitResult ended = process_.stop(SIGINT, 10s);
    auto counts = parse_strace_summary(measure::read_text(folder_.path() / "counts").value_or(""));
    if (counts.empty()) {
      throw std::runtime_error(
          fmt::format("strace {} and counted nothing: {}", ended.describe(), process_.last_output()));
    }
    return counts;
  }

 private:
  /// strace says so for each process, and for its further threads with their number.
  std::size_t attached() const {
    const std::string said = measure::read_text(folder_.path() / "stderr").value_or("");
    std::size_t count = 0;
    for (std::size_t at = 0; (at = said.find(" attached", at)) != said.npos; ++at) ++count;
    return count;
  }

  subjects::Command command(const std::vector<pid_t>& pids, const std::vector<int>& cpus) const {
    const auto program = subjects::find_program("strace");
    if (program.empty()) throw std::runtime_error("strace is not installed (apt install strace)");
    subjects::Command command;
    command.argv = {program.string(), "-c", "-f", "-U", "name,calls", "-o", (folder_.path() / "counts").string()};
    for (const pid_t pid : pids) command.argv.insert(command.argv.end(), {"-p", std::to_string(pid)});
    command.cpus = cpus;
    command.error_file = folder_.path() / "stderr";
    return command;
  }

  subjects::ScratchFolder folder_;
  subjects::Process process_;
};

}  // namespace

std::map<std::string, std::uint64_t> parse_strace_summary(std::string_view text) {
  std::map<std::string, std::uint64_t> counts;
  while (!text.empty()) {
    std::string_view line = measure::take_line(text);
    const std::string name(measure::take_word(line));
    const auto calls = measure::parse_number<std::uint64_t>(measure::take_word(line));
    if (calls && name != "total") counts[name] = *calls;
  }
  return counts;
}

SyscallCount count_syscalls(const journal::Trial& row, const TableSpec& table, const subjects::Subject& subject) {
  journal::Trial traced = row;
  TrialEnvironment environment(subject, row.params);
  const auto served = start_subject(traced, subject, environment.site());
  SyscallCount count;
  {
    load::Coordinator load(load_plan_of(row, table, subject, served->server().port()), row.load_cpus);
    const std::vector<pid_t> pids = environment.processes(served->server().pid());
    Tracer tracer(pids, row.load_cpus);
    const load::Coordinator::Window window = load.start();
    measure::sleep_until_ns(window.end_ns, subjects::interrupted);
    if (subjects::interrupted) throw subjects::Interrupted();
    const load::AgentResult result = load.result();
    count.requests = result.row.replies_ok;
    count.calls = tracer.stop();
  }
  served->stop(traced);
  if (const std::string violation = environment.limit().violation(); !violation.empty()) {
    throw subjects::SubjectError(journal::Outcome::limit, violation);
  }
  return count;
}

}  // namespace bakeoff::experiment
