// The job `skynet`: a unit makes ten, each of them ten more, until `size` leaves are there; each leaf answers its
// number, and sums go up. What it takes is making units and waiting for them. After Alexander Temerev's microbenchmark
// of that name (github.com/atemerev/skynet), which times a million leaves.
#include <stdexcept>

#include "workloads/jobs/jobs.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::uint64_t kBranches = 10;

UnitWork tree(Unit& unit, std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) co_return first;
  const std::uint64_t below = leaves / kBranches;
  const ChildWork branch = [first, below](Unit& child, std::size_t which) {
    return tree(child, first + which * below, below);
  };
  co_return co_await unit.fan_out(kBranches, branch);
}

class SkynetJob final : public Job {
 public:
  explicit SkynetJob(const JobSize& size)
      : units_(size.units), leaves_(size.size == 0 ? kSkynetDefaultSize : size.size) {
    std::uint64_t power = 1;
    while (power < leaves_ && power <= kMostLeaves / kBranches) power *= kBranches;
    if (power != leaves_) {
      throw std::invalid_argument("skynet: found the size " + std::to_string(leaves_) +
                                  ", expected a power of ten of at most " + std::to_string(kMostLeaves));
    }
  }

  Needs needs() const override { return Needs::children; }

  /// Each unit has a tree of its own.
  UnitWork unit_coroutine(Unit& unit, std::size_t /*index*/) const override { return tree(unit, 0, leaves_); }

  std::string check(std::span<const std::uint64_t> answers) const override {
    if (answers.size() != units_) return "skynet: expected " + std::to_string(units_) + " trees";
    for (const std::uint64_t sum : answers) {
      if (sum != expected()) {
        return "skynet: expected " + std::to_string(expected()) + ", the leaves' sum, got " + std::to_string(sum);
      }
    }
    return "";
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override {
    return answers.empty() ? 0 : answers.front();
  }

  std::optional<std::uint64_t> known_answer() const override { return expected(); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override { return figures_in(ran.elapsed_ns); }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override {
    return figures_in(ran.elapsed_ns);
  }

 private:
  std::vector<NamedFigure> figures_in(std::uint64_t elapsed_ns) const {
    const auto elapsed = static_cast<double>(elapsed_ns);
    return {{"elapsed_ms", elapsed / 1e6}, {"leaf_ns", elapsed / static_cast<double>(leaves_ * units_)}};
  }

  static constexpr std::uint64_t kMostLeaves = 100'000'000;
  std::uint64_t expected() const { return leaves_ * (leaves_ - 1) / 2; }

  std::size_t units_;
  std::uint64_t leaves_;
};

}  // namespace

std::unique_ptr<Job> make_skynet_job(const JobSize& size) {
  return std::make_unique<SkynetJob>(size);
}

}  // namespace bakeoff::workloads::jobs
