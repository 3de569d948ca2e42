// The job `idle`: all units are there and do nothing, and one of them reads how much memory that takes. A barrier
// before the reading: all that were made are alive then; a barrier behind it: nobody goes meanwhile.
#include <stdexcept>

#include "workloads/jobs/jobs.h"
#include "workloads/jobs/process_memory.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

class IdleJob final : public Job {
 public:
  explicit IdleJob(const JobSize& size) : units_(size.units), shared_(sizeof(ProcessMemory)), process_(own_process()) {
    read_process_memory(process_);  // What reading allocates is there before.
    without_ = read_process_memory(process_);
  }

  Needs needs() const override { return Needs::synchronisation; }
  bool measures_per_unit() const override { return true; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    co_await unit.barrier();
    if (index == 0) memory_with_units() = read_process_memory(process_);
    co_await unit.barrier();
    co_return 1;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return answers.size() == units_ ? "" : "idle: expected " + std::to_string(units_) + " units";
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return answers.size(); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    return memory_per_unit(without_, memory_with_units(), static_cast<double>(ran.answers.size()));
  }

 private:
  ProcessMemory& memory_with_units() const { return *static_cast<ProcessMemory*>(shared_.data()); }

  std::size_t units_;
  SharedMemory shared_;
  std::string process_;
  ProcessMemory without_;
};

}  // namespace

std::unique_ptr<Job> make_idle_job(const JobSize& size) {
  return std::make_unique<IdleJob>(size);
}

}  // namespace bakeoff::workloads::jobs
