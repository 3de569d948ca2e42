#include "harness/commands/claims_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>

#include "harness/claims/judge.h"
#include "harness/claims/ledger.h"
#include "harness/claims/schedule.h"
#include "harness/commands/check_names.h"
#include "harness/commands/claim_rows.h"
#include "harness/commands/dry_run.h"
#include "harness/commands/experiments.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/commands/run_setup.h"
#include "harness/experiment/narrow.h"
#include "harness/input/quantity.h"
#include "harness/journal/manifest.h"
#include "harness/measure/cpu_sets.h"
#include "harness/report/number_format.h"
#include "harness/stats/summary.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;
using claims::ClaimStep;
using Clock = std::chrono::steady_clock;

/// A job or a probe of which nothing is recorded.
constexpr double kProgramGuessS = 1;
/// What a claim that is still open gets at most, as a multiple of the experiment's own blocks.
constexpr std::uint64_t kMostTimesBlocks = 3;

/// Where the experiment of a step is: beside the claims that name it, or shipped.
fs::path experiment_of(const ClaimStep& step) {
  const fs::path beside = fs::path(step.file).parent_path() / (step.experiment + ".toml");
  std::error_code error;
  return fs::is_regular_file(beside, error) ? beside : find_experiment(step.experiment);
}

/// How long a trial of a job or a probe was in the results that are shipped.
class RecordedTimes {
 public:
  double seconds(const std::string& experiment, const std::string& table, const std::string& subject) {
    std::vector<double> lived;
    if (const auto* rows = rows_.of(experiment)) {
      for (const journal::Trial& row : *rows) {
        if (row.table == table && row.subject == subject && row.job && row.job->lived_ns) {
          lived.push_back(static_cast<double>(*row.job->lived_ns) / 1e9);
        }
      }
    }
    return stats::median(lived).value_or(kProgramGuessS) + experiment::kTrialOverheadS;
  }

 private:
  static std::vector<fs::path> folders() {
    std::error_code error;
    const fs::path shipped = subjects::results_directory();
    return fs::is_directory(shipped, error) ? std::vector<fs::path>{shipped} : std::vector<fs::path>();
  }
  ClaimRows rows_{folders()};
};

/// The experiment cut down to the step. Throws InputError or UsageError for tables and subjects that are not there.
experiment::Spec spec_of_step(const ClaimStep& step, subjects::Inventory& inventory) {
  experiment::Spec spec = experiment::read_spec(experiment_of(step), inventory, tell_user);
  experiment::keep_tables(spec, step.tables);
  subjects::add_variants(inventory, step.subjects);
  spec = experiment::narrow(std::move(spec), step.subjects, {}, inventory);
  for (const std::string& subject : step.subjects) {
    const bool has_place = std::ranges::any_of(spec.tables, [&](const experiment::TableSpec& table) {
      return std::ranges::find(subjects_of(spec, table), subject) != subjects_of(spec, table).end();
    });
    if (has_place) continue;
    throw UsageError(fmt::format("{}: cells: found the subject \"{}\", expected one of table {} of {}", step.file,
                                 subject, fmt::join(step.tables, " or "), step.experiment));
  }
  return spec;
}

double seconds_of(const experiment::Spec& spec, std::uint64_t blocks, RecordedTimes& times) {
  double total = 0;
  for (const experiment::TableSpec& table : spec.tables) {
    for (const std::string& subject : subjects_of(spec, table)) {
      const bool is_program = table.kind == journal::TrialKind::job || table.kind == journal::TrialKind::probe;
      const double trial =
          is_program ? times.seconds(spec.name, table.name, subject) : experiment::estimate_s(spec, table);
      total += trial * static_cast<double>(blocks);
    }
  }
  return total;
}

class ClaimsRun {
 public:
  ClaimsRun(const ClaimsOptions& options, const std::vector<claims::Claim>& all, std::vector<std::string> chosen)
      : options_(options),
        all_(all),
        chosen_(std::move(chosen)),
        out_(options.out.empty() ? results_root() / "claims" : options.out) {
    if (!options.budget.empty()) budget_s_ = input::parse_duration_s("--budget", options.budget);
  }

  int run() {
    const std::vector<ClaimStep> steps = plan();
    if (options_.dry_run) return show(steps);
    for (std::size_t i = 0; i < steps.size() && status_ != kInterrupted; ++i) {
      const ClaimStep& step = steps[i];
      if (ran_to_its_end(folder_of(step))) continue;
      if (!fits(step.estimate_s)) {
        left_out_s_ += step.estimate_s;
        ++left_out_;
        continue;
      }
      tell(fmt::format("step {} of {}: {}, table {}: {}, about {}; {:.0f} s have passed", i + 1, steps.size(),
                       step.experiment, fmt::join(step.tables, ", "), report::counted(step.subjects.size(), "subject"),
                       rough_time(step.estimate_s), passed_s()));
      measure(step, std::nullopt);
      if (status_ != kInterrupted) tell_verdicts(step.decides);
    }
    if (status_ != kInterrupted) add_blocks(steps);
    return finish();
  }

 private:
  double passed_s() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }
  bool fits(double estimate_s) const { return !budget_s_ || passed_s() + estimate_s <= *budget_s_; }
  fs::path folder_of(const ClaimStep& step) const {
    return out_ / step.experiment / fmt::format("{}", fmt::join(step.tables, "+"));
  }

  /// The steps in their order, each with what it will take.
  std::vector<ClaimStep> plan() {
    subjects::Inventory inventory = inventory_with(options_.with);
    std::vector<ClaimStep> steps =
        claims::scheduled(all_, claims::all_steps(all_), chosen_);  // To estimate only these.
    RecordedTimes times;
    for (ClaimStep& step : steps) {
      const experiment::Spec spec = spec_of_step(step, inventory);
      blocks_[folder_of(step)] = spec.blocks;
      step.estimate_s = ran_to_its_end(folder_of(step)) ? 0 : seconds_of(spec, spec.blocks, times);
    }
    return claims::scheduled(all_, steps, chosen_);
  }

  int show(const std::vector<ClaimStep>& steps) const {
    double total = 0;
    for (const ClaimStep& step : steps) {
      total += step.estimate_s;
      fmt::print("{:>8}  {}, table {}: {}{}\n", step.estimate_s == 0 ? "is there" : rough_time(total), step.experiment,
                 fmt::join(step.tables, ", "), report::counted(step.subjects.size(), "subject"),
                 step.decides.empty() ? "" : fmt::format("; decides {}", fmt::join(step.decides, ", ")));
    }
    fmt::print("{} in about {}; the times are counted from the start.\n", report::counted(steps.size(), "step"),
               rough_time(total));
    return kDone;
  }

  /// A step that fails leaves its claims without a verdict, and the others go on.
  void measure(const ClaimStep& step, std::optional<std::uint64_t> blocks) try {
    measure::pin_to_cpus(allowed_);  // A run keeps the harness off the subject's CPUs.
    RunOptions run;
    run.experiment = experiment_of(step);
    run.tables = step.tables;
    run.with = options_.with;
    run.subjects = step.subjects;
    run.out = folder_of(step);
    run.resume = holds_a_run(run.out);
    run.blocks = blocks;
    run.quiet = true;
    run.arguments = options_.arguments;
    if (budget_s_) run.budget = fmt::format("{:.0f}s", std::max(1.0, *budget_s_ - passed_s()));
    if (carry_out(plan_run(run)) == kInterrupted) status_ = kInterrupted;
  } catch (const std::runtime_error& error) {
    tell(fmt::format("{}, table {}: {}", step.experiment, fmt::join(step.tables, ", "), error.what()));
  }

  std::vector<claims::ClaimRuling> rulings() const {
    std::error_code error;
    ClaimRows rows(fs::is_directory(out_, error) ? std::vector<fs::path>{out_} : std::vector<fs::path>());
    return claims::judge_all(all_, [&](const std::string& experiment) { return rows.of(experiment); });
  }

  void tell_verdicts(const std::vector<std::string>& ids) const {
    const std::size_t width = stdout_style().sentence_width();
    for (const claims::ClaimRuling& one : rulings()) {
      if (std::ranges::find(ids, one.claim->id) == ids.end()) continue;
      fmt::print("{}", claims::entry_text(one, width));
      std::fflush(stdout);
    }
  }

  /// Claims that are still open get the blocks that they seem to need.
  void add_blocks(const std::vector<ClaimStep>& steps) {
    const std::vector<claims::ClaimRuling> before = rulings();
    RecordedTimes times;
    subjects::Inventory inventory = inventory_with(options_.with);
    for (const claims::ClaimRuling& one : before) {
      const bool is_chosen = std::ranges::find(chosen_, one.claim->id) != chosen_.end();
      if (one.ruling != claims::Ruling::inconclusive || !is_chosen || !one.claim->same_as.empty()) continue;
      bool ran = false;
      for (const claims::CellRuling& cell : one.cells) {
        const auto step = std::ranges::find_if(steps, [&](const ClaimStep& candidate) {
          return candidate.experiment == cell.cell->result &&
                 std::ranges::find(candidate.tables, cell.cell->table) != candidate.tables.end();
        });
        if (cell.holds != report::Answer::unknown || step == steps.end() || status_ == kInterrupted) continue;
        const std::uint64_t own = blocks_.at(folder_of(*step));
        const std::uint64_t has = cell.measured.blocks + cell.measured.voids;
        const std::uint64_t wanted = std::min(has + cell.more_blocks.value_or(own), own * kMostTimesBlocks);
        const double estimate_s = seconds_of(spec_of_step(*step, inventory), wanted - std::min(has, wanted), times);
        if (wanted <= has || !fits(estimate_s)) continue;
        tell(fmt::format("{} is open: {} for {}, table {}, about {}", one.claim->id,
                         report::counted(wanted - has, "further block"), step->experiment,
                         fmt::join(step->tables, ", "), rough_time(estimate_s)));
        measure(*step, wanted);
        ran = true;
      }
      if (ran && status_ != kInterrupted) tell_verdicts({one.claim->id});
    }
  }

  int finish() const {
    std::vector<claims::ClaimRuling> mine;
    for (claims::ClaimRuling& one : rulings()) {
      if (std::ranges::find(chosen_, one.claim->id) != chosen_.end()) mine.push_back(std::move(one));
    }
    fmt::print("\n{} in {}.\n", claims::counts_in_words(mine), rough_time(passed_s()));
    if (left_out_ != 0) {
      fmt::print("{} did not fit into the budget, about {}; the same command goes on.\n",
                 report::counted(left_out_, "step"), rough_time(left_out_s_));
    }
    fmt::print("Rows are in {0}; bakeoff claims --from {0} shows the ledger.\n", out_.string());
    return status_;
  }

  const ClaimsOptions& options_;
  const std::vector<claims::Claim>& all_;
  std::vector<std::string> chosen_;
  fs::path out_;
  std::optional<double> budget_s_;
  std::map<fs::path, std::uint64_t> blocks_;  ///< What the experiment of each step asks for.
  const std::vector<int> allowed_ = measure::allowed_cpus();
  const Clock::time_point began_ = Clock::now();
  std::size_t left_out_ = 0;
  double left_out_s_ = 0;
  int status_ = kDone;
};

}  // namespace

int run_claims(const ClaimsOptions& options, const std::vector<claims::Claim>& all,
               const std::vector<std::string>& chosen) {
  return ClaimsRun(options, all, chosen).run();
}

}  // namespace bakeoff::commands
