#include "harness/experiment/memory_limit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stop_token>
#include <utility>

#include "harness/measure/memory_available.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kKibPerMib = 1024;
constexpr std::uint64_t kDefaultShare = 2;  ///< The limit is this part of what is available: a half.
constexpr auto kLookInterval = 100ms;
constexpr int kLeastRest = 200;  ///< The pause after each look is at least this many times as long as the look.

std::string mib(std::uint64_t kib) {
  return fmt::format("{} MiB", (kib + kKibPerMib / 2) / kKibPerMib);
}

/// PSS where it is above the limit, otherwise 0. RSS, which is cheap, is never less.
std::uint64_t beyond(std::uint64_t limit_kib, const std::vector<pid_t>& pids) {
  if (measure::measure_size(pids).rss_kib <= limit_kib) return 0;
  const std::uint64_t pss = measure::measure_memory(pids).value_or(measure::TreeMemory{}).pss_kib;
  return pss > limit_kib ? pss : 0;
}

}  // namespace

MemoryLimit::MemoryLimit(const subjects::Subject& subject, std::optional<std::uint64_t> of_table,
                         measure::MemoryCgroup& cgroup)
    : cgroup_(cgroup), is_of_table_(of_table.has_value()) {
  if (!subject.foreign && !of_table) return;
  if (of_table) {
    kib_ = *of_table * kKibPerMib;
    source_ = "memory_mib of the table";
  } else if (subject.foreign->memory_mib) {
    kib_ = *subject.foreign->memory_mib * kKibPerMib;
    source_ = "memory_mib of its manifest";
  } else if (const auto available = measure::available_memory_kib()) {
    kib_ = *available / kDefaultShare;
    source_ = "half of what was available; memory_mib of its manifest sets another";
  } else {
    return;
  }
  enforced_by_cgroup_ = cgroup.limit_to(kib_);
}

void MemoryLimit::expect_enforced() const {
  if (!is_of_table_ || enforced_by_cgroup_) return;
  throw subjects::SubjectError(
      journal::Outcome::not_run,
      fmt::format("its table has a memory limit of {}, and here no memory cgroup can be made that enforces it: that "
                  "takes root, or a cgroup with the memory controller that is delegated to this user",
                  mib(kib_)));
}

void MemoryLimit::watch(std::function<std::vector<pid_t>()> processes) {
  if (kib_ == UINT64_MAX || enforced_by_cgroup_) return;
  watcher_ = std::jthread([this, processes = std::move(processes)](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any over;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const auto began = Clock::now();
      const std::vector<pid_t> pids = processes();
      if (const std::uint64_t found = beyond(kib_, pids); found != 0) {
        found_kib_ = found;
        // Only our descendants are killed: the pid of one that was just reaped may by now belong to another program.
        std::vector<pid_t> ours = measure::descendants(::getpid());
        std::sort(ours.begin(), ours.end());
        for (const pid_t pid : pids) {
          if (pid > 1 && std::binary_search(ours.begin(), ours.end(), pid)) ::kill(pid, SIGKILL);
        }
      }
      const auto rest = std::max<Clock::duration>(kLookInterval, kLeastRest * (Clock::now() - began));
      over.wait_for(lock, stop, rest, [] { return false; });
    }
  });
}

std::string MemoryLimit::violation() const {
  if (kib_ == UINT64_MAX) return "";
  const std::string limit = fmt::format("its memory limit is {} ({})", mib(kib_), source_);
  if (found_kib_ != 0) return fmt::format("it had {}, {}: it was ended", mib(found_kib_), limit);
  const std::uint64_t killed = enforced_by_cgroup_ ? cgroup_.killed_at_limit().value_or(0) : 0;
  if (killed == 0) return "";
  return fmt::format("{}: the kernel killed {} of its processes there", limit, killed);
}

void MemoryLimit::note_violation(journal::Trial& row) const {
  const std::string killed = violation();
  if (killed.empty()) return;
  row.outcome = journal::Outcome::limit;
  row.outcome_detail = killed + (row.outcome_detail.empty() ? "" : "; " + row.outcome_detail);
}

subjects::SubjectError MemoryLimit::explain(const subjects::SubjectError& end) const {
  const std::string why = violation();
  return why.empty() ? end : subjects::SubjectError(journal::Outcome::limit, why + "; " + end.what());
}

}  // namespace bakeoff::experiment
