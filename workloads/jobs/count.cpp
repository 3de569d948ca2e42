// The job `count`: each unit counts from 0 to `size`, one step at a time. Nothing is shared and nothing is read from
// memory, so that what differs between executors is what starting, joining and scheduling a unit costs.
#include <stdexcept>

#include "workloads/jobs/jobs.h"

namespace bakeoff::workloads::jobs {
namespace {

class CountJob final : public Job {
 public:
  explicit CountJob(const JobSize& size) : units_(size.units), size_(size.size == 0 ? kCountDefaultSize : size.size) {
    if (units_ == 0) throw std::invalid_argument("count: units must be at least 1");
    if (size_ > UINT64_MAX / units_) throw std::invalid_argument("count: units times size must fit in 64 bits");
  }

  std::uint64_t run_unit(std::size_t /*index*/) const override {
    std::uint64_t count = 0;
    while (count < size_) {
      ++count;
      // An empty instruction that claims to change the count. Without it a compiler replaces the loop by its result;
      // a volatile variable would measure the store buffer instead.
      asm volatile("" : "+r"(count));
    }
    return count;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    if (answers.size() != units_) {
      return "count: expected " + std::to_string(units_) + " answers, got " + std::to_string(answers.size());
    }
    for (std::size_t unit = 0; unit < answers.size(); ++unit) {
      if (answers[unit] != size_) {
        return "count: unit " + std::to_string(unit) + " expected " + std::to_string(size_) + ", got " +
               std::to_string(answers[unit]);
      }
    }
    return "";
  }

  std::uint64_t answer(std::span<const std::uint64_t> answers) const override {
    std::uint64_t total = 0;
    for (const std::uint64_t count : answers) total += count;
    return total;
  }

 private:
  std::uint64_t units_;
  std::uint64_t size_;
};

}  // namespace

std::unique_ptr<Job> make_count_job(const JobSize& size) {
  return std::make_unique<CountJob>(size);
}

}  // namespace bakeoff::workloads::jobs
