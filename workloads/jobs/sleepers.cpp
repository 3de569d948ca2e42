// The job `sleepers`: every unit sleeps for `size` milliseconds, and none begins before all of them exist. It tests the
// claim that a million tasks fit into one program; the receipt's peak_live_units proves it. The first unit reads the
// memory while all the others sleep, and then sleeps for what is left of its own time.
#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/process_memory.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMostMs = 3'600'000;

class SleepersJob final : public Job {
 public:
  explicit SleepersJob(const JobSize& size)
      : units_(size.units),
        time_(size.size == 0 ? kSleepersDefaultSize : std::min(size.size, kMostMs)),
        memory_(size.read_memory),
        all_asleep_(sizeof(bool)) {
    if (size.size > kMostMs) {
      throw std::invalid_argument("sleepers: found the size " + std::to_string(size.size) + ", expected at most " +
                                  std::to_string(kMostMs) + " ms");
    }
  }

  Needs needs() const override { return Needs::synchronisation; }
  bool measures_per_unit() const override { return true; }

  /// 1 when the unit slept for its whole time.
  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    co_await unit.barrier();
    const std::chrono::nanoseconds begin = unit.now();
    if (index == 0) {
      memory_.read_with_units();
      // With many processes that takes a while. Once the time is over the others begin to end.
      all_asleep() = unit.now() - begin < time_;
    }
    co_await unit.sleep(std::max<std::chrono::nanoseconds>(0ns, begin + time_ - unit.now()));
    co_return unit.now() - begin >= time_ ? 1 : 0;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    const std::uint64_t slept = sum_of(answers);
    return slept == units_ ? ""
                           : "sleepers: expected " + std::to_string(units_) + " units to sleep their time, got " +
                                 std::to_string(slept);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::optional<std::uint64_t> known_answer() const override { return units_; }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override {
    return {{"elapsed_s", static_cast<double>(ran.elapsed_ns) / 1e9}};
  }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    constexpr double kKibPerMib = 1024;
    std::vector<NamedFigure> figures{{"elapsed_s", static_cast<double>(ran.elapsed_ns) / 1e9}};
    if (!all_asleep()) return figures;
    const auto add = [&](const char* name, std::optional<double> ProcessMemory::*part) {
      if (const auto all = growth(memory_.without(), memory_.with(), part))
        figures.push_back({name, *all / kKibPerMib});
    };
    add("pss_mib", &ProcessMemory::resident_kib);
    add("virtual_mib", &ProcessMemory::virtual_kib);
    return figures;
  }

 private:
  /// The memory was read before any unit ended.
  bool& all_asleep() const { return *static_cast<bool*>(all_asleep_.data()); }

  std::size_t units_;
  std::chrono::milliseconds time_;
  MemoryOfUnits memory_;
  SharedMemory all_asleep_;
};

}  // namespace

std::unique_ptr<Job> make_sleepers_job(const JobSize& size) {
  return std::make_unique<SleepersJob>(size);
}

}  // namespace bakeoff::workloads::jobs
