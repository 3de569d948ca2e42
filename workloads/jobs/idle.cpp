// The job `idle`: all units exist and do nothing, and one of them reads how much memory that takes. A barrier before
// the reading makes sure that all units are alive by then; a barrier after it makes sure that none ends meanwhile.
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/process_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

class IdleJob final : public Job {
 public:
  explicit IdleJob(const JobSize& size) : units_(size.units), memory_(size.read_memory) {}

  Needs needs() const override { return Needs::synchronisation; }
  bool measures_per_unit() const override { return true; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    co_await unit.barrier();
    if (index == 0) memory_.read_with_units();
    co_await unit.barrier();
    co_return 1;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return answers.size() == units_ ? "" : "idle: expected " + std::to_string(units_) + " units";
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return answers.size(); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    return memory_per_unit(memory_.without(), memory_.with(), static_cast<double>(ran.answers.size()));
  }

 private:
  std::size_t units_;
  MemoryOfUnits memory_;
};

}  // namespace

std::unique_ptr<Job> make_idle_job(const JobSize& size) {
  return std::make_unique<IdleJob>(size);
}

}  // namespace bakeoff::workloads::jobs
