// The job `amdahl`: `size` rounds of counted work, shared out over the units, of which `serial` percent may be done by
// one unit at a time only: under a lock, in pieces, as a program does that keeps one table for all. The speed-up is
// measured against the same rounds without units or locks, done by the same process just before; beside it stands what
// Amdahl's law (AFIPS 1967) gives for that share on as many processors as there are units or CPUs, of which the fewer
// count. An executor with one thread has one processor, whatever the law's column says.
//
// The law assumes that the serial part runs alone. Under a lock the other units go on with their free parts meanwhile,
// so few units can do better than the law says: up to their own number, and up to 1 / serial (Eyerman and Eeckhout,
// "Modeling Critical Sections in Amdahl's Law", ISCA 2010). Handing the lock over and waiting for it makes them slower.
// Units that share a thread never wait, because none of them gives up the thread while it holds the lock.
#include <algorithm>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/mix.h"
#include "workloads/work.h"

namespace bakeoff::workloads::jobs {
namespace {

/// Per unit. Enough for the waiting to even out, and few enough for the cost of the lock itself not to matter.
constexpr std::uint64_t kPieces = 50;

class AmdahlJob final : public Job {
 public:
  explicit AmdahlJob(const JobSize& size)
      : units_(size.units),
        rounds_(size.size == 0 ? kAmdahlDefaultSize : size.size),
        serial_percent_(size.settings.number("serial")) {}

  Needs needs() const override { return Needs::waiting; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    std::uint64_t answer = 0;
    for (std::uint64_t piece = 0; piece < kPieces; ++piece) {
      const Work locked = serial_part(index, piece);
      if (locked.rounds > 0) {
        co_await unit.lock(0);
        answer += run(locked);
        unit.unlock(0);
      }
      answer += run(free_part(index, piece));
    }
    co_return answer;
  }

  std::vector<std::uint64_t> sequential_answers() const override {
    std::vector<std::uint64_t> answers(units_);
    for (std::size_t index = 0; index < units_; ++index) {
      for (std::uint64_t piece = 0; piece < kPieces; ++piece) {
        // Work of no rounds has an answer too, but a unit takes no lock for it.
        const Work serial = serial_part(index, piece);
        if (serial.rounds > 0) answers[index] += run(serial);
        answers[index] += run(free_part(index, piece));
      }
    }
    return answers;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    return first_wrong("amdahl", sequential_answers(), answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    constexpr double kPercent = 100;
    const double serial = static_cast<double>(serial_percent_) / kPercent;
    const auto processors = static_cast<double>(std::min(units_, ran.cpus));
    std::vector<NamedFigure> figures = time_and_cpu(ran);
    figures.push_back(
        {"speedup", static_cast<double>(ran.sequential_elapsed_ns) / static_cast<double>(ran.elapsed_ns)});
    figures.push_back({"amdahl_speedup", 1 / (serial + (1 - serial) / processors)});
    return figures;
  }

 private:
  std::uint64_t rounds_of(std::size_t index, std::uint64_t piece) const {
    return share_of(share_of(rounds_, index, units_), piece, kPieces);
  }
  /// Rounded down, by less than one round per piece.
  std::uint64_t serial_rounds(std::size_t index, std::uint64_t piece) const {
    constexpr std::uint64_t kPercent = 100;
    return rounds_of(index, piece) / kPercent * serial_percent_ +
           rounds_of(index, piece) % kPercent * serial_percent_ / kPercent;
  }
  Work serial_part(std::size_t index, std::uint64_t piece) const {
    return {.rounds = serial_rounds(index, piece), .seed = stream_of(index, 2 * piece)};
  }
  Work free_part(std::size_t index, std::uint64_t piece) const {
    return {.rounds = rounds_of(index, piece) - serial_rounds(index, piece), .seed = stream_of(index, 2 * piece + 1)};
  }

  std::size_t units_;
  std::uint64_t rounds_, serial_percent_;
};

}  // namespace

std::unique_ptr<Job> make_amdahl_job(const JobSize& size) {
  return std::make_unique<AmdahlJob>(size);
}

}  // namespace bakeoff::workloads::jobs
