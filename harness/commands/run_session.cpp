#include "harness/commands/run_session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <utility>

#include "harness/commands/gate.h"
#include "harness/commands/output_file.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/experiment/permanent_failure.h"
#include "harness/experiment/resume.h"
#include "harness/experiment/sliced_block.h"
#include "harness/load/coordinator.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/utc_time.h"
#include "harness/report/build_comparison.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/markdown.h"
#include "harness/report/number_format.h"
#include "harness/report/report_info.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {

RunSession::RunSession(OpenedRun run) : run_(std::move(run)) {
  journal::write_manifest(run_.folder, run_.manifest);
  write_file(run_.folder / kExperimentFile, run_.manifest.experiment_text);
}

int RunSession::run() {
  std::vector<experiment::TableEnd> ends;
  std::string failure;
  try {
    const experiment::RunCallbacks callbacks{
        .trial = [&](const experiment::PlannedTrial& next, int attempt) { return trial(next, attempt); },
        .block = [&](std::span<const experiment::PlannedTrial> next, int attempt) { return block(next, attempt); },
        .check_precision = [&](const experiment::TableSpec& table,
                               std::uint64_t blocks) { return precision(table, blocks); },
        .table_done = [&](const experiment::TableSpec& table) { show_table(table.name); },
        .elapsed_s = [&] { return elapsed_s(); },
        .repeating_changed = [&](bool worth) { tell_repeating(worth); }};
    ends = experiment::run_plan(run_.planned.plan, callbacks, experiment::earlier_trials(run_.rows),
                                experiment::repeats_before(run_.rows));
  } catch (const std::exception& error) {
    failure = error.what();  // A full disk, say: what was measured is shown all the same.
  }
  progress_.clear();
  finish(ends, failure);
  if (!failure.empty()) throw std::runtime_error(failure);
  if (experiment::overall_stop_reason(ends) == experiment::StopReason::interrupted) return kInterrupted;
  if (!any_valid()) return kNoValid;
  const std::optional<Gate> gate = gate_of(run_.planned.options.fail_on_regression, run_.planned.options.unknown);
  const int status = gate ? apply_gate(*gate, report::compare::gate_cells(report::compare_builds(
                                                  run_.rows, report::report_info(run_.manifest))))
                          : kDone;
  if (status == kDone) tell_next();
  return status;
}

double RunSession::elapsed_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

journal::Trial RunSession::next_row(const experiment::PlannedTrial& next, int attempt) const {
  journal::Trial row = experiment::planned_row(run_.planned.plan, next);
  row.attempt = attempt;
  return row;
}

experiment::TrialStatus RunSession::trial(const experiment::PlannedTrial& next, int attempt) {
  if (subjects::interrupted) return {.begun = false};
  const double before = elapsed_s();
  progress_.begin(next, next.subject, attempt, before);
  journal::Trial row = next_row(next, attempt);
  experiment::TrialResult measured;
  try {
    const experiment::Spec& spec = run_.planned.plan.spec;
    const experiment::TableSpec& table = spec.tables[next.table];
    const experiment::TrialContext context = run_.planned.context(run_.rows);
    if (table.is_served()) {
      row.one_by_one = why_one_by_one(spec, table, context.earlier);
      if (row.one_by_one.empty()) row.one_by_one = "no other subject of its block can be measured";
    }
    if (const std::string why = experiment::permanent_failure_of(run_.rows, row); !why.empty()) {
      measured.row = experiment::not_started(row, table, context, why);
    } else {
      measured = experiment::run_trial(row, table, context);
    }
  } catch (const subjects::Interrupted&) {
    return {.begun = false};
  }
  progress_.done(next, elapsed_s() - before);
  return keep(std::move(measured));
}

/// Runs the whole block in slices. Returns nothing where its trials have to run one after the other: the table does not
/// alternate, or fewer than two of its subjects can be measured. Returns one status that has not begun when the user
/// has asked to stop.
std::vector<experiment::TrialStatus> RunSession::block(std::span<const experiment::PlannedTrial> next, int attempt) {
  const experiment::Spec& spec = run_.planned.plan.spec;
  const experiment::TableSpec& table = spec.tables[next.front().table];
  const experiment::TrialContext context = run_.planned.context(run_.rows);
  if (!why_one_by_one(spec, table, context.earlier).empty()) return {};
  std::vector<journal::Trial> rows, failing;  // Those that fail in every block alike are not started again.
  std::vector<std::string> why;
  for (const experiment::PlannedTrial& one : next) {
    journal::Trial row = next_row(one, attempt);
    std::string failure = experiment::permanent_failure_of(run_.rows, row);
    if (failure.empty()) {
      rows.push_back(std::move(row));
    } else {
      failing.push_back(std::move(row));
      why.push_back(std::move(failure));
    }
  }
  if (rows.size() < 2) return {};
  if (subjects::interrupted) return {{.begun = false}};
  const double before = elapsed_s();
  progress_.begin(next.front(), fmt::format("{} subjects in slices", rows.size()), attempt, before);
  std::vector<experiment::TrialStatus> statuses;
  try {
    std::vector<experiment::TrialResult> results =
        experiment::run_sliced_block(std::move(rows), table, rounds_in(table), context);
    for (std::size_t i = 0; i < failing.size(); ++i) {
      results.push_back({.row = experiment::not_started(failing[i], table, context, why[i]), .histograms = {}});
    }
    for (experiment::TrialResult& measured : results) statuses.push_back(keep(std::move(measured)));
  } catch (const subjects::Interrupted&) {
    return {{.begun = false}};
  }
  for (const experiment::PlannedTrial& one : next) {
    progress_.done(one, (elapsed_s() - before) / static_cast<double>(next.size()));
  }
  return statuses;
}

/// The row says that the trial is complete, so it is written last.
experiment::TrialStatus RunSession::keep(experiment::TrialResult measured) {
  if (!measured.histograms.empty()) run_.journal.append_histograms(measured.row, measured.histograms);
  run_.journal.append(measured.row);
  run_.journal.sync();
  run_.rows.push_back(std::move(measured.row));
  return experiment::trial_status(run_.rows.back());
}

void RunSession::tell_repeating(bool worth) {
  progress_.clear();
  tell(worth
           ? "bakeoff: a quiet trial: noisy ones are repeated again"
           : fmt::format("bakeoff: lasting noise: {} repeats in a row were noisy again; trials are not repeated until "
                         "one is quiet",
                         experiment::RepeatPolicy::kMostFruitless));
}

experiment::Precision RunSession::precision(const experiment::TableSpec& table, std::uint64_t blocks) const {
  const experiment::Spec& spec = run_.planned.plan.spec;
  return experiment::precision_from(report::precision_reached(run_.rows, table.name, report::report_info(run_.manifest),
                                                              blocks, experiment::subjects_of(spec, table).size(),
                                                              *spec.precision, spec.blocks));
}

/// Machine formats are one document at the end; people see each table as soon as it is complete.
void RunSession::show_table(const std::string& name) {
  const auto of_table = [&](const journal::Trial& row) { return row.table == name; };
  const RunOptions& options = run_.planned.options;
  if (options.quiet || options.format != "terminal" || std::none_of(run_.rows.begin(), run_.rows.end(), of_table))
    return;
  progress_.clear();
  for (const report::Table& table : report::build_tables(run_.rows, name, report::report_info(run_.manifest))) {
    fmt::print("{}\n", report::terminal_table(table, stdout_style()));
  }
  std::fflush(stdout);
  shown_.push_back(name);
}

void RunSession::finish(const std::vector<experiment::TableEnd>& ends, const std::string& failure) {
  run_.manifest.ended =
      journal::EndFacts{.at = measure::utc_now(), .elapsed_s = elapsed_s(), .failure = failure, .tables = {}};
  for (const experiment::TableEnd& end : ends) {
    run_.manifest.ended->tables.push_back(
        {end.table, std::string(experiment::stop_reason_in_words(end.why)), end.blocks});
  }
  const journal::RepeatFacts repeats = experiment::count_repeats(run_.rows);
  if (repeats.repeated + repeats.left > 0) run_.manifest.ended->repeats = repeats;
  const report::Report report = report::build_report(run_.rows, report::report_info(run_.manifest));
  if (run_.planned.options.quiet) {
    // The caller shows the rows.
  } else if (run_.planned.options.format == "terminal") {
    for (const std::string& name : run_.manifest.tables) {
      if (std::find(shown_.begin(), shown_.end(), name) == shown_.end()) show_table(name);
    }
    for (const report::Table& table : report.tables) {
      const auto& sweeps = run_.manifest.sweeps;
      if (std::ranges::find(sweeps, table.name, &journal::SweepFacts::name) == sweeps.end()) continue;
      fmt::print("{}\n", report::terminal_table(table, stdout_style()));
    }
    for (const auto& over_all : {report.overview, report.agreement}) {
      if (over_all) fmt::print("{}\n", report::terminal_table(*over_all, stdout_style()));
    }
    fmt::print("{}", report::terminal_sentences(report.foot, stdout_style()));
  } else {
    fmt::print("{}", render(report, run_.planned.options.format));
  }
  std::fflush(stdout);
  if (!run_.planned.options.quiet) print_end();
  try {
    journal::write_manifest(run_.folder, run_.manifest);
    write_file(run_.folder / kReportFile, report::markdown_report(report));
  } catch (const std::runtime_error&) {
    if (failure.empty()) throw;  // Otherwise the same full disk, which is told already.
  }
}

void RunSession::print_end() const {
  std::string text = fmt::format("{} trials in {}", run_.rows.size() - before_, format_clock(elapsed_s()));
  if (before_ != 0) text += fmt::format(" and {} before", before_);
  if (run_.manifest.ended->repeats) text += "; " + report::repeats_in_words(*run_.manifest.ended->repeats);
  if (!run_.manifest.ended->tables.empty()) text += "; " + report::end_in_words(*run_.manifest.ended);
  tell(text);
  tell("rows and report: " + run_.folder.string());
}

/// For somebody who runs an experiment for the first time. Scripts do not read it, and who resumes a run knows what
/// for.
void RunSession::tell_next() const {
  if (run_.planned.options.quiet || run_.planned.chosen.resumed || ::isatty(STDERR_FILENO) == 0) return;
  tell(
      fmt::format("next: `bakeoff report {} --format html --open` shows this as a page with plots, `bakeoff list "
                  "experiments` what else to run",
                  measure::shell_word(run_.folder.string())));
}

bool RunSession::any_valid() const {
  return std::any_of(run_.rows.begin(), run_.rows.end(), validity::gives_valid_number);
}

}  // namespace bakeoff::commands
