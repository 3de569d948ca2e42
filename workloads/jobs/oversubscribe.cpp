// The job `oversubscribe`: the same `size` rounds of counted work, shared out over any number of units. An experiment
// varies the units from one to a thousand per CPU. No unit begins before all of them exist, so that all of them
// compete. Units that only compute gain nothing from their number; it costs making them, switching between them, and
// what the caches lose meanwhile. For the last, `working-set-kib` gives each unit memory of its own. After each piece
// of its rounds it walks through one page of it, with one write per cache line.
//
// "overhead_percent" compares CPU time with that of the same rounds without units, which the same process does just
// before in one working set: it is the work that the machine wasted, on any number of CPUs. "compute_ms" is the
// time from the first unit's begin to the last one's end, without making and joining them. "speedup" is computed from
// that.
#include <algorithm>
#include <vector>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/run_times.h"
#include "workloads/mix.h"
#include "workloads/shared_memory.h"
#include "workloads/work.h"

namespace bakeoff::workloads::jobs {
namespace {

/// Rounds between two pages of the working set: a page costs a unit that has it in its cache about as much.
constexpr std::uint64_t kPiece = 256;
constexpr std::size_t kPage = 4096;

class WorkingSet {
 public:
  /// Rounded up to whole pages.
  explicit WorkingSet(std::uint64_t kib) : bytes_((kib * 1024 + kPage - 1) / kPage * kPage) {}

  void touch_next_page() {
    if (bytes_.empty()) return;
    for (std::size_t line = 0; line < kPage; line += kCacheLine) ++bytes_[next_ + line];
    next_ = (next_ + kPage) % bytes_.size();
  }

 private:
  std::vector<std::uint8_t> bytes_;  // Zeroed: its pages are there before anything is timed.
  std::size_t next_ = 0;
};

class OversubscribeJob final : public Job {
 public:
  explicit OversubscribeJob(const JobSize& size)
      : units_(size.units),
        rounds_(size.size == 0 ? kOversubscribeDefaultSize : size.size),
        working_set_kib_(size.settings.number("working-set-kib")),
        memory_(sizeof(RunTimes)) {}

  Needs needs() const override { return Needs::synchronisation; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    WorkingSet set(working_set_kib_);
    co_await unit.barrier();
    times().begin(unit.now());
    const std::uint64_t answer = run_share(index, set);
    times().end(unit.now());
    co_return answer;
  }

  std::vector<std::uint64_t> sequential_answers() const override {
    WorkingSet set(working_set_kib_);
    std::vector<std::uint64_t> answers;
    for (std::size_t index = 0; index < units_; ++index) answers.push_back(run_share(index, set));
    return answers;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return first_wrong("oversubscribe", sequential_answers(), answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    constexpr double kPercent = 100, kNsPerMs = 1e6;
    const auto alone_cpu = static_cast<double>(ran.sequential_cpu_ns);
    const double compute_ns = times().elapsed_ns();
    std::vector<NamedFigure> figures{{"compute_ms", compute_ns / kNsPerMs}};
    for (const NamedFigure& whole : time_and_cpu(ran)) figures.push_back(whole);
    figures.push_back({"speedup", static_cast<double>(ran.sequential_elapsed_ns) / compute_ns});
    // The kernel counts in whole microseconds: work that is shorter has none.
    if (alone_cpu > 0) {
      figures.push_back({"overhead_percent", (static_cast<double>(ran.cpu_ns) / alone_cpu - 1) * kPercent});
    }
    return figures;
  }

 private:
  RunTimes& times() const { return *static_cast<RunTimes*>(memory_.data()); }

  std::uint64_t run_share(std::size_t index, WorkingSet& set) const {
    const std::uint64_t rounds = share_of(rounds_, index, units_);
    if (working_set_kib_ == 0) return run({.rounds = rounds, .seed = stream_of(5, index)});
    std::uint64_t answer = stream_of(5, index);
    for (std::uint64_t done = 0; done < rounds; done += kPiece) {
      answer = run({.rounds = std::min(kPiece, rounds - done), .seed = answer});
      set.touch_next_page();
    }
    return answer;
  }

  std::size_t units_;
  std::uint64_t rounds_, working_set_kib_;
  SharedMemory memory_;
};

}  // namespace

std::unique_ptr<Job> make_oversubscribe_job(const JobSize& size) {
  return std::make_unique<OversubscribeJob>(size);
}

}  // namespace bakeoff::workloads::jobs
