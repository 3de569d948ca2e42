// The commands about recorded rows: report and compare. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"

namespace bakeoff::commands {

struct ReportCommands {
  ReportOptions report;
  CompareOptions compare;
  CLI::App* report_app = nullptr;
  CLI::App* compare_app = nullptr;
};

inline void add_report_commands(CLI::App& app, ReportCommands& commands, Choices& choices) {
  ReportOptions& report = commands.report;
  CLI::App* report_app = commands.report_app =
      app.add_subcommand("report", "Print the tables of recorded rows, without running anything");
  report_app->add_option("folder", report.folders,
                         "A result folder; of several a page each is written, and an index of the pages");
  report_app->add_flag("--last", report.last, "Take the newest run in ./bakeoff-results");
  report_app->add_flag("--trials", report.trials,
                       "With --format csv or json: instead of the tables every attempt, one line or object each, with "
                       "all that was measured, its settings and what is void");
  report_app->add_flag("--histograms", report.histograms,
                       "With --format csv or json: instead of the tables the latencies of every attempt, one line or "
                       "object for each bucket of its histograms");
  std::vector<std::string> report_formats = kReportFormats;
  report_formats.insert(report_formats.end(), {"html", "svg", "pdf"});
  add_format(*report_app, report.format, report_formats, choices);
  report_app
      ->add_option(
          "--out", report.out,
          "With --format html the file of the page (default: stdout) or of the index; with svg or pdf the folder for "
          "the plots and the numbers behind them (default: plots, in the result's folder)")
      ->type_name("FILE");
  report_app->add_flag("--open", report.open, "With --format html: write report.html, and show it in the browser");

  CompareOptions& compare = commands.compare;
  CLI::App* compare_app = commands.compare_app = app.add_subcommand(
      "compare",
      "Tell what changed between two recorded runs, by each subject's ratio to a floor subject within its own run");
  compare_app->add_option("before", compare.before, "The result folder of run 1")->required();
  compare_app->add_option("after", compare.after, "The result folder of run 2");
  compare_app->add_flag("--last", compare.last, "Take the newest run in ./bakeoff-results as run 2");
  compare_app
      ->add_option("--floor", compare.floor,
                   "The subject to which ratios are taken; default: the baseline of both runs")
      ->type_name("NAME");
  add_share(*compare_app, "--margin", compare.margin,
            "How much two runs of one commit may differ (default 5%): an interval wholly beyond it is better or worse, "
            "one wholly within twice of it is the same");
  add_share(*compare_app, "--fail-on-regression", compare.fail_on_regression,
            "Exit 3 if a cell is worse and its median change is this much (5%) or more");
  add_unknown(*compare_app, compare.unknown, choices);
  add_format(*compare_app, compare.format, kReportFormats, choices);
}

}  // namespace bakeoff::commands
