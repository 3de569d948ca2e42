// bakeoff run: an experiment, its rows kept as they come, its tables printed as they are complete.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/experiments.h"
#include "harness/commands/progress.h"
#include "harness/commands/show.h"
#include "harness/experiment/leftovers.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/runner.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/manifest.h"
#include "harness/journal/writer.h"
#include "harness/load/coordinator.h"
#include "harness/measure/hash.h"
#include "harness/measure/machine.h"
#include "harness/report/info.h"
#include "harness/report/markdown.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/places.h"
#include "harness/validity/validity.h"
#include "harness/version.h"

namespace bakeoff {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::filesystem::path result_folder(const RunOptions& options, const std::string& experiment) {
  if (!options.out.empty()) {
    if (std::filesystem::exists(options.out / kTrialsFile)) {
      throw UsageError("--out: \"" + options.out.string() +
                       "\" holds a result already; expected a new or empty folder");
    }
    return options.out;
  }
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return results_root() / experiment / fmt::format("{:%Y-%m-%dT%H%M%SZ}-{}", fmt::gmtime(std::time(nullptr)), host);
}

Manifest manifest_of(const RunOptions& options, const Plan& plan, const Offer& offer, const TrialSetting& setting,
                     const std::filesystem::path& file) {
  Manifest manifest;
  manifest.bakeoff_version = kVersion;
  manifest.commit = kCommit;
  manifest.dirty = kDirty;
  manifest.harness_hash = setting.harness_hash;
  manifest.subject_hash = content_hash(subject_program());
  manifest.compiler = offer.build.compiler;
  manifest.flags = offer.build.flags;
  manifest.build_type = offer.build.build_type;
  manifest.boost_version = offer.build.boost;
  manifest.experiment = plan.spec.name;
  manifest.question = plan.spec.question;
  manifest.baseline = plan.spec.baseline;
  manifest.subjects = plan.spec.subjects;
  for (const TableSpec& table : plan.spec.tables) manifest.tables.push_back(table.name);
  for (const Subject& subject : offer.subjects) manifest.like[subject.name] = subject.like;
  manifest.experiment_file = file.filename();
  manifest.experiment_text = read_file(file);
  manifest.experiment_hash = content_hash_of(manifest.experiment_text);
  manifest.seed = plan.spec.seed;
  manifest.arguments = options.arguments;
  if (!manifest.arguments.empty()) manifest.arguments.front() = "bakeoff";
  manifest.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  manifest.subject_cpus = setting.cpus.subject;
  manifest.load_cpus = setting.cpus.load;
  manifest.machine = read_machine_facts();
  if (setting.cpus.shared) manifest.could_not_set.push_back("a CPU of its own for the load: only one is allowed");
  return manifest;
}

/// One run: the plan, where its rows go, and what has been measured so far.
class Run {
 public:
  Run(const RunOptions& options, const Plan& plan, const TrialSetting& setting, const Manifest& manifest,
      std::filesystem::path folder)
      : options_(options),
        plan_(plan),
        setting_(setting),
        info_(report_info(manifest)),
        folder_(std::move(folder)),
        journal_(folder_),
        progress_(plan_) {
    write_manifest(folder_, manifest);
    std::ofstream(folder_ / "experiment.toml", std::ios::binary) << manifest.experiment_text;
  }

  int go() {
    Stopped stopped = Stopped::interrupted;
    std::string failure;
    try {
      stopped = run_plan(plan_, {[&](const PlannedTrial& next) { return trial(next); },
                                 [&](const TableSpec& table) { show_table(table.name); }, [&] { return elapsed_s(); }});
    } catch (const std::exception& error) {
      failure = error.what();  // a full disk, say: what was measured is shown all the same
    }
    progress_.clear();
    const Report report = build_report(rows_, info_);
    std::ofstream(folder_ / "report.md") << markdown_report(report);
    finish(report, stopped);
    if (!failure.empty()) throw std::runtime_error(failure);
    if (stopped == Stopped::interrupted) return kInterrupted;
    return any_valid() ? kDone : kNoValid;
  }

 private:
  double elapsed_s() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

  bool trial(const PlannedTrial& next) {
    if (interrupted) return false;
    const double before = elapsed_s();
    progress_.begin(next, before);
    Measured measured;
    try {
      measured = run_trial(planned_row(plan_, next), plan_.spec.tables[next.table], setting_);
    } catch (const Interrupted&) {
      return false;
    }
    progress_.done(next, elapsed_s() - before);
    journal_.append(measured.row);
    if (!measured.histograms.empty()) journal_.append_histograms(measured.row, measured.histograms);
    rows_.push_back(std::move(measured.row));
    return true;
  }

  /// Machine formats are one document at the end; people see each table as soon as it is complete.
  void show_table(const std::string& name) {
    if (options_.format != "terminal") return;
    progress_.clear();
    fmt::print("{}\n", terminal_table(build_table(rows_, name, info_), stdout_style()));
    std::fflush(stdout);
    shown_.push_back(name);
  }

  void finish(const Report& report, Stopped stopped) {
    if (options_.format == "terminal") {
      for (const Table& table : report.tables) {
        if (std::find(shown_.begin(), shown_.end(), table.name) == shown_.end()) show_table(table.name);
      }
      for (const std::string& line : report.foot) fmt::print("{}\n", line);
    } else {
      fmt::print("{}", render(report, options_.format));
    }
    std::fflush(stdout);
    const char* why = stopped == Stopped::complete ? "all blocks ran"
                      : stopped == Stopped::budget ? "the budget is spent"
                                                   : "interrupted";
    fmt::print(stderr, "{} of {} trials in {}, {}; rows and report: {}\n", rows_.size(), plan_.trials.size(),
               format_clock(elapsed_s()), why, folder_.string());
  }

  bool any_valid() const {
    return std::any_of(rows_.begin(), rows_.end(), [](const Trial& row) {
      return row.job ? void_reason(row, metric::kElapsed).empty() && row.outcome == Outcome::ok
                     : row.client && row.client->replies_ok != 0 && void_reason(row, metric::kCpuPerRequest).empty();
    });
  }

  const RunOptions& options_;
  const Plan& plan_;
  const TrialSetting& setting_;
  const ReportInfo info_;
  const std::filesystem::path folder_;
  JournalWriter journal_;
  Progress progress_;
  std::vector<Trial> rows_;
  std::vector<std::string> shown_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

int run_command(const RunOptions& options) {
  const Offer offer = ask_builtin();
  const Names names = names_of(offer);
  const std::filesystem::path file = find_experiment(options.experiment);
  Spec spec = narrow(read_spec(file, names), options.subjects, options.workloads, names);
  if (!options.budget.empty()) spec.budget_s = parse_duration_s("--budget", options.budget);
  const Plan plan = make_plan(spec);
  const TrialSetting setting{offer, split_cpus(allowed_cpus()), content_hash("/proc/self/exe")};
  const std::filesystem::path folder = result_folder(options, spec.name);
  const Manifest manifest = manifest_of(options, plan, offer, setting, file);
  // From here on the harness itself keeps off the subject's CPUs.
  cpu_set_t own;
  CPU_ZERO(&own);
  for (const int cpu : setting.cpus.load) CPU_SET(cpu, &own);
  ::sched_setaffinity(0, sizeof own, &own);

  remove_leftovers();
  Run run(options, plan, setting, manifest, folder);
  fmt::print(stderr, "{}: {} trials, about {}; rows go to {}\n", spec.name, plan.trials.size(),
             format_clock(std::min(estimate_s(plan), spec.budget_s.value_or(1e9))), folder.string());
  return run.go();
}

}  // namespace bakeoff
