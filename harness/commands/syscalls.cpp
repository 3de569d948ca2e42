// bakeoff syscalls SUBJECT,... WORKLOAD: which system calls each makes for a request, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/syscalls.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/report/cell_format.h"
#include "harness/report/table.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/server.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

constexpr double kWindowS = 1;
/// Calls rarer than this are summed up in one row: timers, and what only the first request needs.
constexpr double kRare = 0.005;

experiment::Spec spec_of(const SyscallsOptions& options) {
  experiment::Spec spec;
  spec.name = "syscalls";
  spec.subjects = options.subjects;
  experiment::TableSpec table;
  table.name = table.work = options.workload;
  table.load.connections = options.connections;
  table.load.request = options.request;
  table.window_s = kWindowS;
  table.warmup_s = 0;  // Every call from the attaching on is counted, and every request.
  spec.tables.push_back(table);
  spec.blocks = 1;
  return spec;
}

using PerRequest = std::map<std::string, double>;

/// Rows are calls, the most frequent of any subject first.
report::Table table_of(const std::vector<std::string>& subjects, const std::vector<PerRequest>& counts,
               const std::string& caption) {
  report::Table table;
  table.name = "syscalls";
  table.caption = caption;
  table.columns.push_back({"subject", "system call", "", report::Align::left});
  std::map<std::string, double> most;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    table.columns.push_back({subjects[i], subjects[i], "1/req"});
    for (const auto& [name, calls] : counts[i]) most[name] = std::max(most[name], calls);
  }
  std::vector<std::pair<std::string, double>> order(most.begin(), most.end());
  std::erase_if(order, [](const auto& call) { return call.second < kRare; });
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  const auto add_row = [&](const std::string& name, auto calls_of) {
    report::TableRow row{.subject = name, .cells = {report::text_cell(name)}, .remark = {}};
    for (const PerRequest& one : counts) {
      const double calls = calls_of(one);
      report::Cell cell;
      if (calls > 0) {
        cell.value = calls;
        cell.text = report::format_number(calls);
      }
      row.cells.push_back(cell);
    }
    table.rows.push_back(std::move(row));
  };
  for (const auto& [name, calls] : order) {
    add_row(name, [&](const PerRequest& one) { return one.contains(name) ? one.at(name) : 0; });
  }
  add_row("others", [](const PerRequest& one) {
    double sum = 0;
    for (const auto& [name, calls] : one) sum += calls < kRare ? calls : 0;
    return sum;
  });
  add_row("all", [](const PerRequest& one) {
    double sum = 0;
    for (const auto& [name, calls] : one) sum += calls;
    return sum;
  });
  return table;
}

/// The names as they were meant.
SyscallsOptions with_names(SyscallsOptions options, const subjects::Inventory& inventory) {
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
  const experiment::Plan plan = experiment::make_plan(spec_of(options));
  const experiment::TableSpec& table = plan.spec.tables.front();
  const measure::CpuSplit cpus = measure::split_cpus(measure::allowed_cpus());
  std::vector<PerRequest> counts;
  for (const std::string& name : options.subjects) {
    const subjects::Subject& subject = *inventory.find(name);
    journal::Trial row = experiment::planned_row(plan, *std::find_if(plan.trials.begin(), plan.trials.end(),
                                                [&](const experiment::PlannedTrial& trial) { return trial.subject == name; }));
    row.subject_cpus = cpus.subject;
    row.load_cpus = cpus.load;
    std::string refusal =
        subject.missing.empty() ? subjects::why_not_served(subject, row.workload, row.params) : "needs " + subject.missing;
    if (!refusal.empty()) throw std::runtime_error(name + ": " + refusal);
    const experiment::SyscallCount count = experiment::count_syscalls(row, table, subject);
    PerRequest per_request;
    for (const auto& [call, calls] : count.calls) {
      per_request[call] = static_cast<double>(calls) / static_cast<double>(std::max<std::uint64_t>(1, count.requests));
    }
    counts.push_back(std::move(per_request));
  }
  report::Report report;
  report.tables.push_back(table_of(options.subjects, counts,
                                   fmt::format("system calls a request · {} · {} connections, closed loop · counted by "
                                               "strace, which slows the server down: counts, no times",
                                               options.workload, options.connections)));
  fmt::print("{}", render(report, options.format));
  return kDone;
}

}  // namespace bakeoff::commands
