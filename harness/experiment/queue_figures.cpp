#include "harness/experiment/queue_figures.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace bakeoff::experiment {
namespace {

namespace queue = workloads::queue;

constexpr double kNsPerS = 1e9;
/// A worker sleeps by another clock than the one of its records, and clocks are adjusted by up to this share.
constexpr double kClockTolerance = 0.01;

std::uint64_t difference_ns(std::uint64_t from, std::uint64_t to) {
  return to > from ? to - from : 0;
}

/// Answers of work, each computed once.
class Answers {
 public:
  std::uint64_t of(const queue::QueuedJob& job) {
    if (job.kind == queue::QueuedJob::Kind::wait) return queue::answer_of(job);
    const auto [found, fresh] = known_.try_emplace(job.amount, 0);
    if (fresh) found->second = queue::answer_of(job);
    return found->second;
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> known_;
};

/// A record that is older than its job is of another clock, or in another unit.
constexpr std::uint64_t kMostBeforeDueNs = 1'000'000'000;

bool is_right(const queue::JobRecord& record, const queue::QueuedJob& job, std::uint64_t due_ns, Answers& answers) {
  if (record.taken_ns + kMostBeforeDueNs < due_ns) return false;
  if (record.finished_ns < record.taken_ns || record.answer != answers.of(job)) return false;
  const double least_ns = job.kind == queue::QueuedJob::Kind::wait ? static_cast<double>(job.amount) * 1000 : 0;
  return static_cast<double>(record.finished_ns - record.taken_ns) >= least_ns * (1 - kClockTolerance);
}

}  // namespace

QueueFigures figures_of_queue(std::span<const PutJob> jobs, std::span<const std::string> records) {
  QueueFigures figures;
  journal::QueueRow& row = figures.row;
  stats::Histogram &in_queue = figures.histograms["queue"], &work = figures.histograms["work"],
                   &slip = figures.histograms["slip"];
  std::vector<bool> recorded(jobs.size());
  Answers answers;
  std::uint64_t last_ns = 0;
  row.jobs = jobs.size();
  for (const std::string& text : records) {
    const auto record = queue::parse_record(text);
    if (!record || record->id >= jobs.size() ||
        !is_right(*record, jobs[record->id].job, jobs[record->id].due_ns, answers)) {
      ++row.wrong;
      continue;
    }
    last_ns = std::max(last_ns, record->finished_ns);
    if (recorded[record->id]) {
      ++row.done_twice;
      continue;
    }
    recorded[record->id] = true;
    ++row.done;
    in_queue.record(difference_ns(jobs[record->id].due_ns, record->taken_ns));
    work.record(record->finished_ns - record->taken_ns);
  }
  row.lost = row.jobs - row.done;
  for (const PutJob& job : jobs) slip.record(difference_ns(job.due_ns, job.put_ns));
  for (const auto& [name, histogram] : figures.histograms) {
    if (histogram.count() != 0) row.latency_us[name] = histogram.summary_us();
  }
  if (jobs.empty()) return figures;
  row.elapsed_s = static_cast<double>(difference_ns(jobs.front().due_ns, last_ns)) / kNsPerS;
  if (row.elapsed_s > 0) row.jobs_per_s = static_cast<double>(row.done) / row.elapsed_s;
  // The last one ends the time in which the others came.
  const double arriving_s = static_cast<double>(difference_ns(jobs.front().due_ns, jobs.back().due_ns)) / kNsPerS;
  if (arriving_s > 0) row.offered_per_s = static_cast<double>(jobs.size() - 1) / arriving_s;
  return figures;
}

}  // namespace bakeoff::experiment
