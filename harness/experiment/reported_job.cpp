#include "harness/experiment/reported_job.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "harness/subjects/server.h"
#include "workloads/catalogue.h"

namespace bakeoff::experiment {
namespace {

using workloads::jobs::Job;

const workloads::JobEntry& entry_of(const std::string& job) {
  const workloads::JobEntry* entry = workloads::find_job(job);
  if (entry == nullptr) throw std::invalid_argument("no job " + job);
  return *entry;
}

/// The job's settings as the subject has them: those of its name, its own defaults, the job's.
workloads::Settings settings_of(const workloads::JobEntry& entry, const subjects::Subject& subject,
                                std::map<std::string, std::string>& told) {
  workloads::Settings settings(entry.settings);
  for (const subjects::SettingFacts& setting : subject.settings) {
    for (const workloads::SettingEntry& known : entry.settings) {
      if (setting.name != known.name) continue;
      const auto set = subject.set.find(setting.name);
      told[setting.name] = set != subject.set.end() ? set->second : setting.default_value;
      settings.set(setting.name, told[setting.name]);
    }
  }
  return settings;
}

/// Of work that is shared out, what the units answer one after the other.
std::optional<std::uint64_t> right_answer(const Job& job, const std::string& name, std::uint64_t units,
                                          std::uint64_t size) {
  if (job.needs() != workloads::jobs::Needs::nothing) return job.known_answer();
  static std::map<std::tuple<std::string, std::uint64_t, std::uint64_t>, std::uint64_t> known;
  const auto [found, fresh] = known.try_emplace({name, units, size});
  if (fresh) {
    std::vector<std::uint64_t> answers;
    for (std::uint64_t unit = 0; unit < units; ++unit) answers.push_back(job.run_unit(unit));
    found->second = job.answer(answers);
  }
  return found->second;
}

}  // namespace

std::uint64_t default_job_size(const std::string& job) {
  return entry_of(job).default_size;
}

bool measures_memory(const std::string& job) {
  const workloads::JobEntry& entry = entry_of(job);
  // Some jobs are for two units only.
  const std::size_t units = entry.units != 0 ? entry.units : 1;
  return entry.make({.units = units, .settings = workloads::Settings(entry.settings)})->measures_per_unit();
}

void judge_reported_job(journal::Trial& row, const subjects::Subject& subject,
                        const workloads::jobs::ReportedRun& reported) try {
  const workloads::JobEntry& entry = entry_of(row.workload);
  const std::uint64_t units = row.params.units.value_or(1), size = row.params.job_size.value_or(entry.default_size);
  std::map<std::string, std::string> told;
  const workloads::Settings settings = settings_of(entry, subject, told);
  const auto job = entry.make({.units = units, .size = size, .settings = settings});
  const std::optional<std::uint64_t> right = right_answer(*job, row.workload, units, size);
  if (!right) {
    throw subjects::SubjectError(journal::Outcome::not_run, "the right answer of this job cannot be told from outside");
  }
  journal::JobRow judged;
  judged.executor = subject.name;
  judged.answer = reported.answer;
  judged.elapsed_ns = reported.elapsed_ns;
  const bool lost_some = job->may_lose() && reported.answer > 0 && reported.answer < *right;
  judged.answer_right = reported.answer == *right || lost_some;
  if (!judged.answer_right) {
    row.outcome_detail = fmt::format("{}: expected {}, got {}", row.workload, *right, reported.answer);
  }
  for (const auto& [name, value] : job->reported_figures(reported)) judged.figures.push_back({name, value});
  row.job = judged;
  if (!row.server_receipt) row.server_receipt.emplace();
  row.server_receipt->settings = told;
} catch (const std::invalid_argument& error) {
  throw subjects::SubjectError(journal::Outcome::not_run, error.what());
}

}  // namespace bakeoff::experiment
