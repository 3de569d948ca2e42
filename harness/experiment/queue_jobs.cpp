#include "harness/experiment/queue_jobs.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "harness/load/schedule.h"
#include "harness/measure/plain_text.h"
#include "workloads/draws.h"
#include "workloads/integer.h"

namespace bakeoff::experiment {
namespace {

namespace queue = workloads::queue;

constexpr std::string_view kWait = "wait:", kWork = "work:";
constexpr workloads::AmountWords kJobWords{.what = "a job's wait", .of = "microseconds", .unit = "US"};
constexpr std::uint64_t kWaitStream = 0x6a6f6273;  ///< Keeps the draws of the waits apart from others of the seed.
constexpr double kNsPerRound = 1.5;                ///< A guess.

/// What the jobs of a queue do.
class JobDraw {
 public:
  explicit JobDraw(std::string_view work) {
    if (work.starts_with(kWait)) {
      wait_.emplace(work.substr(kWait.size()), kJobWords, queue::kMostWaitUs);
      return;
    }
    const auto rounds = work.starts_with(kWork) ? workloads::parse_unsigned(work.substr(kWork.size())) : std::nullopt;
    if (!rounds || *rounds == 0 || *rounds > queue::kMostRounds) {
      throw std::invalid_argument("found '" + measure::plain_line(work) +
                                  "', expected wait:exponential:MEAN_US or work:ROUNDS, with at most " +
                                  std::to_string(queue::kMostRounds) + " rounds");
    }
    rounds_ = *rounds;
  }

  queue::QueuedJob job(std::uint64_t seed, std::uint64_t id) const {
    if (!wait_) return {.id = id, .kind = queue::QueuedJob::Kind::work, .amount = rounds_};
    return {.id = id, .kind = queue::QueuedJob::Kind::wait, .amount = wait_->amount(seed ^ kWaitStream, id)};
  }

  bool waits() const { return wait_.has_value(); }

 private:
  std::optional<workloads::AmountDraw> wait_;
  std::uint64_t rounds_ = 0;
};

}  // namespace

std::vector<PlannedJob> plan_jobs(std::string_view work, const journal::QueueParams& params, std::uint64_t seed) {
  const JobDraw draw(work);
  load::Schedule schedule;
  const bool open = params.rate_rps > 0;
  if (open) {
    // Long enough for all of them, however the exponential times come out.
    const double length_s = 10 + 10 * static_cast<double>(params.jobs) / params.rate_rps;
    schedule = load::Schedule(
        {.rate_rps = params.rate_rps, .length_s = length_s, .poisson = params.poisson, .seed = seed}, 0, 0, 1);
  }
  const std::uint64_t first_ns = open ? schedule.next_ns() : 0;
  std::vector<PlannedJob> jobs;
  jobs.reserve(params.jobs);
  for (std::uint64_t id = 0; id < params.jobs; ++id) {
    jobs.push_back({.job = draw.job(seed, id), .due_ns = open ? schedule.next_ns() - first_ns : 0});
    if (open) schedule.pop();
  }
  return jobs;
}

void check_queued_work(std::string_view work) {
  static_cast<void>(JobDraw(work));
}

double estimate_jobs_s(std::string_view work, const journal::QueueParams& params, std::uint64_t units) {
  const auto jobs = static_cast<double>(params.jobs);
  if (params.rate_rps > 0) return jobs / params.rate_rps;
  constexpr std::uint64_t kLooks = 64;
  const JobDraw draw(work);
  double amount = 0;
  for (std::uint64_t id = 0; id < kLooks; ++id) amount += static_cast<double>(draw.job(1, id).amount) / kLooks;
  return draw.waits() ? jobs * amount / 1e6 / static_cast<double>(std::max<std::uint64_t>(units, 1))
                      : jobs * amount * kNsPerRound / 1e9;
}

}  // namespace bakeoff::experiment
