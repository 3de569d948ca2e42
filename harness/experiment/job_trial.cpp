#include "harness/experiment/job_trial.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "harness/experiment/neighbours.h"
#include "harness/experiment/reported_job.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/frequency.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/process.h"
#include "harness/subjects/runtime_facts.h"
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

/// Enters what a program of others says: the line of PROTOCOLS.md. Whether its answer is right is ours to tell.
void note_foreign_job(journal::Trial& row, const subjects::Subject& subject, const nlohmann::ordered_json& said) {
  const auto number = [&](const char* key) {
    const auto found = said.find(key);
    return found != said.end() && found->is_number_unsigned() ? std::optional(found->get<std::uint64_t>())
                                                              : std::nullopt;
  };
  const auto answer = number("answer"), elapsed = number("elapsed_ns");
  if (!answer || elapsed.value_or(0) == 0) {
    throw subjects::SubjectError(journal::Outcome::died,
                                 "its line has no answer and elapsed_ns: " + measure::in_quotes(said.dump()));
  }
  journal::ServerReceipt receipt;
  receipt.units_created = number("units_created");
  receipt.peak_live_units = number("peak_live_units");
  row.server_receipt = receipt;
  row.runtime = subjects::runtime_in(said.dump());
  judge_reported_job(row, subject,
                     {.answer = *answer, .elapsed_ns = *elapsed, .work_ns = number("work_ns").value_or(*elapsed)});
  if (const auto races = number("races_reported")) {
    row.job->figures.push_back({"races_reported", static_cast<double>(*races)});
  }
}

/// Enters what a probe of others says: figures, and sentences for people.
void note_foreign_probe(journal::Trial& row, const subjects::Subject& subject, const nlohmann::ordered_json& said) try {
  journal::JobRow job;
  job.executor = subject.name;
  for (const auto& [name, value] : said.at("figures").items()) job.figures.push_back({name, value.get<double>()});
  for (const auto& sentence : said.value("evidence", std::vector<std::string>())) {
    job.evidence.push_back(measure::plain_text(sentence));
  }
  if (job.figures.empty()) throw std::invalid_argument("no figure");
  row.outcome_detail = measure::plain_text(said.value("complaint", ""));
  job.answer_right = row.outcome_detail.empty();
  journal::ServerReceipt receipt;
  if (said.contains("units_created")) receipt.units_created = said.at("units_created").get<std::uint64_t>();
  receipt.settings = subject.settings_in_force();
  row.job = job;
  row.server_receipt = receipt;
  row.runtime = subjects::runtime_in(said.dump());
} catch (const std::exception&) {
  throw subjects::SubjectError(journal::Outcome::died,
                               "its line has no figures, each a name and a number: " + measure::in_quotes(said.dump()));
}

/// How the program is started, in a folder of its own.
subjects::Command command_of(const journal::Trial& row, const subjects::Subject& subject,
                             const std::filesystem::path& folder) {
  if (subject.foreign) {
    return subjects::prepare_foreign_job(subject, row.workload, row.params, row.subject_cpus.size(), folder);
  }
  subjects::Command command = subjects::command_to_run(subject, row.workload, row.params);
  command.error_file = folder / "stderr";
  return command;
}

/// Those of its process group that outlived it. If it had to be killed, they were killed with it.
std::size_t orphans_of(const std::optional<subjects::ExitResult>& ended) {
  return ended && !ended->killed ? static_cast<std::size_t>(ended->orphans) : 0;
}

/// A runtime that crashes may end with the same status (Go does), but says more than a line of it.
bool is_one_line(const subjects::Process& process) {
  return !process.first_output().empty() && process.first_output() == process.last_output();
}

subjects::Process started(const subjects::Command& command, const subjects::Subject& subject,
                          const std::filesystem::path& folder) try {
  if (subject.foreign) subjects::require_reachable(command, folder);
  return subjects::Process::start(command);
} catch (const subjects::CannotExecute& error) {
  throw subjects::not_executed(command, error);
}

/// The largest that the processes of a job have been together, read while it runs.
class PeakMemory {
 public:
  explicit PeakMemory(bool wanted) : wanted_(wanted) {}
  /// How long to wait for a line before the next reading.
  std::chrono::milliseconds pause() const { return wanted_ ? 100ms : std::chrono::milliseconds(kJobTimeout); }
  void read(pid_t leader) {
    if (!wanted_) return;
    const auto memory = measure::measure_memory(measure::descendants(leader));
    if (memory) kib_ = std::max(kib_, memory->pss_kib);
  }
  void enter(journal::JobRow& job) const {
    constexpr double kKibPerMib = 1024;
    if (kib_ != 0) job.figures.push_back({"process_pss_mib", static_cast<double>(kib_) / kKibPerMib});
  }

 private:
  bool wanted_;
  std::uint64_t kib_ = 0;
};

/// The line with the answer; a program of others may print others before it. No object where there is none.
nlohmann::ordered_json answer_of(subjects::Process& process, PeakMemory& memory) {
  const auto until = std::chrono::steady_clock::now() + kJobTimeout;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const auto line = process.read_line(std::clamp(left, std::chrono::milliseconds{0}, memory.pause()));
    if (!line) {
      if (left <= 0ms || process.output_ended() || subjects::interrupted) return {};
      memory.read(process.pid());
      continue;
    }
    auto said = nlohmann::ordered_json::parse(*line, nullptr, false);
    if (said.is_object()) return said;
  }
}

}  // namespace

void run_job_trial(journal::Trial& row, const subjects::Subject& subject) {
  const subjects::ScratchFolder folder;
  const bool is_probe = row.params.kind == journal::TrialKind::probe;
  if (subject.foreign && !is_probe && row.params.job_size.value_or(0) == 0)
    row.params.job_size = default_job_size(row.workload);
  subjects::Command command = command_of(row, subject, folder.path());
  command.cpus = row.subject_cpus;
  const measure::Cgroup no_load;
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  measure::QuotaWatch quota({::getpid()});  // The job stays in this cgroup.
  quota.begin();
  const MachineReading before = read_machine(no_load);
  const std::vector<pid_t> others = measure::descendants(::getpid());
  const std::uint64_t began_ns = measure::now_ns();
  subjects::Process process = started(command, subject, folder.path());
  PeakMemory memory(subject.foreign && !is_probe && measures_memory(row.workload));
  const nlohmann::ordered_json said = answer_of(process, memory);
  if (subjects::interrupted) throw subjects::Interrupted();
  const auto ended = process.wait(said.is_object() || process.output_ended() ? 2s : 0s);
  const std::uint64_t lived_ns = measure::now_ns() - began_ns;
  const std::size_t left = subject.foreign ? subjects::kill_orphans(others) + orphans_of(ended) : 0;
  const MachineReading after = read_machine(no_load);
  row.subject_quota = quota.end();
  row.frequency_mhz = measure::mean_mhz(mhz_before, measure::frequency_mhz(row.subject_cpus));
  if (!ended) throw subjects::SubjectError(journal::Outcome::died, "the job did not end within its time");
  if (!said.is_object()) {
    // It says what it cannot do before it begins.
    const std::string why = process.last_output();
    const bool refused = ended->exited && ended->status == kRefused && (!subject.foreign || is_one_line(process));
    if (refused && process.full_heap().empty()) throw subjects::SubjectError(journal::Outcome::not_run, why);
    throw subjects::explain_end(*ended, process, false);
  }
  if (subject.foreign && !(ended->exited && ended->status == 0)) {
    throw subjects::explain_end(*ended, process, false);
  }
  if (!subject.foreign) {
    note_job(row, said);
  } else if (is_probe) {
    note_foreign_probe(row, subject, said);
  } else {
    note_foreign_job(row, subject, said);
  }
  row.job->lived_ns = lived_ns;
  memory.enter(*row.job);
  if (left != 0) row.outcome_detail += (row.outcome_detail.empty() ? "" : "; ") + subjects::left_behind(left);

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
