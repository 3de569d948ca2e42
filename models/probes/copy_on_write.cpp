// Copy-on-write: a forked child has its parent's pages until it writes to one; then the kernel copies that page, in a
// fault. A child that writes to k % of a heap pays for k % of its pages, and the parent's stay as they were.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/probes/lifecycle.h"
#include "models/probes/probes.h"
#include "models/probes/start_report.h"
#include "models/probes/touched_memory.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

struct ChildFaults {
  std::uint64_t faults = 0;
  std::int64_t ns = 0;
};

std::uint64_t faults_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_minflt);
}

}  // namespace

ProbeResult probe_copy_on_write(const workloads::Settings& settings) {
  constexpr std::uint64_t kPercent = 100;
  constexpr double kNsPerMs = 1e6, kNsPerUs = 1e3;
  const std::uint64_t mib = settings.number("heap-mib"), percent = settings.number("written-percent");
  require_available_memory(mib + mib * percent / kPercent);
  const TouchedMemory heap(mib, false);
  const std::span<char> bytes = heap.bytes();
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t written = bytes.size() / page * percent / kPercent;
  const SharedArray<ChildFaults> shared(1);

  const std::int64_t begin_fork = monotonic_ns();
  const pid_t child = fork_child([&] {
    const std::int64_t begin = monotonic_ns();
    const std::uint64_t before = faults_so_far();
    for (std::size_t i = 0; i < written; ++i) static_cast<volatile char*>(bytes.data())[i * page] = 2;
    shared[0] = {.faults = faults_so_far() - before, .ns = monotonic_ns() - begin};
    return 0;
  });
  const std::int64_t fork_ns = monotonic_ns() - begin_fork;  // The page tables of all of the heap are copied in it.
  if (wait_for(child) != 0) throw std::runtime_error("the child that writes failed");
  std::size_t changed = 0;
  for (std::size_t i = 0; i < bytes.size(); i += page) changed += bytes[i] == 1 ? 0U : 1U;

  const ChildFaults seen = shared[0];
  ProbeResult result{
      .figures = {{"faults", static_cast<double>(seen.faults)},
                  {"child_ms", static_cast<double>(seen.ns) / kNsPerMs},
                  {"fork_us", static_cast<double>(fork_ns) / kNsPerUs},
                  {"pages_written", static_cast<double>(written)},
                  {"pages_changed_in_parent", static_cast<double>(changed)}},
      .evidence = {std::to_string(mib) + " MiB heap, the child wrote to " + std::to_string(percent) +
                       " % of it: " + std::to_string(written) + " pages, " + std::to_string(seen.faults) + " faults",
                   "of the parent's pages " + std::to_string(changed) + " have changed"},
      .units_created = 1,
      .peak_live_units = 1};
  // The loop's own code and stack fault as well, a few times.
  constexpr std::uint64_t kOwnFaults = 64;
  if (seen.faults < written || seen.faults > written + kOwnFaults || changed != 0) {
    result.complaint = "expected a fault for each page that the child wrote to, and none changed in the parent";
  }
  return result;
}

}  // namespace bakeoff::models::probes
