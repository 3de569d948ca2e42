#include "harness/experiment/job_trial.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/experiment/neighbours.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/frequency.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr auto kJobTimeout = 120s;
constexpr int kRefused = 2;  ///< The exit status of bakeoff-subject for a request that is wrong or cannot be met.

/// Enters what a job or a probe says when it has ended.
void note_job(journal::Trial& row, const nlohmann::ordered_json& said) {
  journal::JobRow job;
  said.at("executor").get_to(job.executor);
  said.at("answer").get_to(job.answer);
  said.at("right").get_to(job.answer_right);
  said.at("elapsed_ns").get_to(job.elapsed_ns);
  const nlohmann::ordered_json figures = said.at("figures");
  for (const auto& [name, value] : figures.items()) job.figures.push_back({name, value.get<double>()});
  job.evidence = said.value("evidence", job.evidence);
  journal::ServerReceipt receipt;
  receipt.units_created = said.at("units_created").get<std::uint64_t>();
  if (said.contains("peak_live_units")) receipt.peak_live_units = said.at("peak_live_units").get<std::uint64_t>();
  receipt.settings = said.at("settings").get<std::map<std::string, std::string>>();
  if (!job.answer_right) row.outcome_detail = said.value("complaint", "wrong answer");
  if (said.contains("limit")) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = said.at("limit");
    receipt.limit = row.outcome_detail;
  }
  row.job = job;
  row.server_receipt = receipt;
}

}  // namespace

void run_job_trial(journal::Trial& row, const subjects::Subject& subject) {
  const subjects::ScratchFolder folder;
  subjects::Command command = subjects::command_to_run(subject, row.workload, row.params);
  command.cpus = row.subject_cpus;
  command.error_file = folder.path() / "stderr";
  const measure::Cgroup no_load;
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  measure::QuotaWatch quota({::getpid()});  // The job stays in this cgroup.
  quota.begin();
  const MachineReading before = read_machine(no_load);
  subjects::Process process = subjects::Process::start(command);
  const auto line = process.read_line(kJobTimeout);
  if (subjects::interrupted) throw subjects::Interrupted();
  const auto ended = process.wait(line || process.output_ended() ? 2s : 0s);
  const MachineReading after = read_machine(no_load);
  row.subject_quota = quota.end();
  row.frequency_mhz = measure::mean_mhz(mhz_before, measure::frequency_mhz(row.subject_cpus));
  if (!ended) throw subjects::SubjectError(journal::Outcome::died, "the job did not end within its time");
  const auto said = nlohmann::ordered_json::parse(line.value_or(""), nullptr, false);
  if (!said.is_object()) {
    // It says what it cannot do before it begins.
    const bool refused = ended->exited && ended->status == kRefused;
    const std::string why = process.last_output();
    if (refused) throw subjects::SubjectError(journal::Outcome::not_run, why);
    throw subjects::explain_end(*ended, why, false);
  }
  note_job(row, said);

  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  journal::SubjectRow cost;
  // The whole program, from exec to exit: what the kernel tells the parent that reaps it.
  cost.cpu_user_us = us(ended->usage.ru_utime);
  cost.cpu_system_us = us(ended->usage.ru_stime);
  cost.cpu_us = *cost.cpu_user_us + *cost.cpu_system_us;
  cost.cpu_source = "wait4";
  cost.switches_voluntary = static_cast<std::uint64_t>(ended->usage.ru_nvcsw);
  cost.switches_involuntary = static_cast<std::uint64_t>(ended->usage.ru_nivcsw);
  cost.minor_faults = static_cast<std::uint64_t>(ended->usage.ru_minflt);
  cost.major_faults = static_cast<std::uint64_t>(ended->usage.ru_majflt);
  row.subject_cost = cost;
  note_neighbours(row, before.cpus, after.cpus, own_cpu_use(before, after, cost.cpu_us, 0));
}

}  // namespace bakeoff::experiment
