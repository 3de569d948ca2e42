// The job `spawn`: each unit makes `size` further units, one after the other: one is made, answers 1, ends and is
// joined, and then the next is made. What it takes is the life of a unit that does nothing. The probe of that name
// (models/probes/spawning.h) tells the call that makes a unit from its first instruction and from its end; this is the
// whole, as a program in another language can do it too.
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::uint64_t kMostMade = 100'000'000;

class SpawnJob final : public Job {
 public:
  explicit SpawnJob(const JobSize& size) : units_(size.units), each_(size.size == 0 ? kSpawnDefaultSize : size.size) {
    if (each_ > kMostMade) {
      throw std::invalid_argument("spawn: found the size " + std::to_string(each_) + ", expected at most " +
                                  std::to_string(kMostMade) + " units that each unit makes");
    }
  }

  Needs needs() const override { return Needs::children; }

  UnitWork unit_coroutine(Unit& unit, std::size_t /*index*/) const override {
    const ChildWork one = [](Unit& /*child*/, std::size_t /*which*/) -> UnitWork { co_return 1; };
    std::uint64_t ended = 0;
    for (std::uint64_t i = 0; i < each_; ++i) ended += co_await unit.fan_out(1, one);
    co_return ended;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return first_wrong("spawn", std::vector<std::uint64_t>(units_, each_), answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }
  std::optional<std::uint64_t> known_answer() const override { return each_ * units_; }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override { return figures_in(ran.elapsed_ns); }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override {
    return figures_in(ran.elapsed_ns);
  }

 private:
  std::vector<NamedFigure> figures_in(std::uint64_t elapsed_ns) const {
    return {{"create_and_join_us", static_cast<double>(elapsed_ns) / 1e3 / static_cast<double>(each_ * units_)}};
  }

  std::size_t units_;
  std::uint64_t each_;
};

}  // namespace

std::unique_ptr<Job> make_spawn_job(const JobSize& size) {
  return std::make_unique<SpawnJob>(size);
}

}  // namespace bakeoff::workloads::jobs
