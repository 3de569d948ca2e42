// The job `ping-pong`: two units and a channel in each direction. The first sends a number, the second answers it with
// the next one, and the first sends that back, `size` times. Each waits for the other all the time, so that a round
// trip is two messages and two wake-ups. The probes that measure `switch` do without a message where they can; this is
// what units pay who talk to each other, as a program in another language can do it too.
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/run_times.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::size_t kThere = 0, kBack = 1;  ///< The channels.

class PingPongJob final : public Job {
 public:
  explicit PingPongJob(const JobSize& size)
      : rounds_(size.size == 0 ? kPingPongDefaultSize : size.size), times_(sizeof(RunTimes)) {
    if (size.units != kPingPongUnits) {
      throw std::invalid_argument("ping-pong cannot run with " + std::to_string(size.units) +
                                  " units, expected 2: each answers the other");
    }
  }

  Needs needs() const override { return Needs::synchronisation; }

  /// The last number that the unit has seen.
  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    co_await unit.barrier();
    times().begin(unit.now());
    std::uint64_t number = 0;
    for (std::uint64_t round = 0; round < rounds_; ++round) {
      if (index == 0) {
        co_await unit.send(kThere, number);
        number = co_await unit.receive(kBack);
      } else {
        number = co_await unit.receive(kThere) + 1;
        co_await unit.send(kBack, number);
      }
    }
    times().end(unit.now());
    co_return number;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return first_wrong("ping-pong", std::vector<std::uint64_t>(kPingPongUnits, rounds_), answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override {
    return answers.empty() ? 0 : answers.front();
  }
  std::optional<std::uint64_t> known_answer() const override { return rounds_; }

  std::vector<NamedFigure> figures(const CompletedRun& /*ran*/) const override {
    return figures_in(times().elapsed_ns());
  }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override {
    return figures_in(static_cast<double>(ran.work_ns));
  }

 private:
  RunTimes& times() const { return *static_cast<RunTimes*>(times_.data()); }
  std::vector<NamedFigure> figures_in(double work_ns) const {
    return {{"round_trip_us", work_ns / 1e3 / static_cast<double>(rounds_)}};
  }

  std::uint64_t rounds_;
  SharedMemory times_;
};

}  // namespace

std::unique_ptr<Job> make_ping_pong_job(const JobSize& size) {
  return std::make_unique<PingPongJob>(size);
}

}  // namespace bakeoff::workloads::jobs
