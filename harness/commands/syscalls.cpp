// bakeoff syscalls SUBJECT,... WORKLOAD: which system calls each makes per request, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/syscalls.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/report/syscall_table.h"
#include "harness/report/table.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/server.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

constexpr double kWindowS = 1;

experiment::Spec spec_of(const SyscallsOptions& options) {
  experiment::Spec spec;
  spec.name = "syscalls";
  spec.subjects = options.subjects;
  experiment::TableSpec table;
  table.name = table.work = options.workload;
  table.load.connections = options.connections;
  table.load.request = options.request;
  table.window_s = kWindowS;
  table.warmup_s = 0;  // Every call and every request is counted from when strace is attached.
  spec.tables.push_back(table);
  spec.blocks = 1;
  return spec;
}

/// The options with the names that were meant.
/// What a manifest wants before a trial would be counted as well, without its requests.
void take_warmup_away(subjects::Subject& subject) {
  if (!subject.foreign || subject.foreign->warmup_s == 0) return;
  auto foreign = std::make_shared<subjects::ForeignServer>(*subject.foreign);
  foreign->warmup_s = 0;
  subject.foreign = std::move(foreign);
}

SyscallsOptions with_names(SyscallsOptions options, subjects::Inventory& inventory) {
  for (std::string& name : options.subjects) name = take_subject_folder(name, inventory);
  const std::vector<std::string> workloads = entry_names(inventory.workloads);
  if (options.subjects.size() == 1) {
    const SubjectAndWork words = swap_if_reversed(inventory, {options.subjects.front(), options.workload}, workloads);
    options.subjects = {words.subject};
    options.workload = words.work;
  }
  for (std::string& name : options.subjects) name = check_subject(inventory, name).name;
  options.workload = check_name("workload", options.workload, workloads);
  return options;
}

}  // namespace

int syscalls_command(const SyscallsOptions& given) {
  subjects::Inventory inventory = full_inventory();
  const SyscallsOptions options = with_names(given, inventory);
  subjects::add_variants(inventory, options.subjects);
  subjects::prepare_subjects(inventory, options.subjects, tell_user);
  for (subjects::Subject& subject : inventory.subjects) take_warmup_away(subject);
  const experiment::Plan plan = experiment::make_plan(spec_of(options));
  const experiment::TableSpec& table = plan.spec.tables.front();
  const measure::CpuSplit cpus = measure::split_cpus(measure::allowed_cpus());
  std::vector<report::CallsPerRequest> counts;
  for (const std::string& name : options.subjects) {
    const subjects::Subject& subject = *inventory.find(name);
    journal::Trial row = experiment::planned_row(
        plan, *std::find_if(plan.trials.begin(), plan.trials.end(),
                            [&](const experiment::PlannedTrial& trial) { return trial.subject == name; }));
    row.subject_cpus = cpus.subject;
    row.load_cpus = cpus.load;
    const std::string refusal = subjects::why_not_started(subject, row.workload, row.params);
    if (!refusal.empty()) throw std::runtime_error(name + ": " + refusal);
    const experiment::SyscallCount count = experiment::count_syscalls(row, table, subject);
    report::CallsPerRequest per_request;
    for (const auto& [call, calls] : count.calls) {
      per_request[call] = static_cast<double>(calls) / static_cast<double>(std::max<std::uint64_t>(1, count.requests));
    }
    counts.push_back(std::move(per_request));
  }
  report::Report report;
  report.tables.push_back(
      report::syscall_table(options.subjects, counts,
                            fmt::format("system calls per request · {} · {} connections, closed loop · counted by "
                                        "strace, which slows the server down: counts, not times",
                                        options.workload, options.connections)));
  fmt::print("{}", render(report, options.format));
  return kDone;
}

}  // namespace bakeoff::commands
