// The job `count`: each unit counts from 0 to `size`, one step at a time. Nothing is shared and nothing is read from
// memory, so that what differs between executors is what starting, joining and scheduling a unit costs.
#include <stdexcept>

#include "workloads/jobs/answers.h"
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
    return first_wrong("count", std::vector<std::uint64_t>(units_, size_), answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

 private:
  std::uint64_t units_;
  std::uint64_t size_;
};

}  // namespace

std::unique_ptr<Job> make_count_job(const JobSize& size) {
  return std::make_unique<CountJob>(size);
}

}  // namespace bakeoff::workloads::jobs
