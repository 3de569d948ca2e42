// What each plot shows: its numbers, and that its drawing is well formed.
#include "harness/report/plots/plots.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/report/plots/block_plot.h"
#include "harness/report/plots/forest_plot.h"
#include "harness/report/plots/line_groups.h"
#include "harness/report/plots/line_plot.h"
#include "harness/report/plots/percentile_plot.h"
#include "harness/report/plots/scaling_plot.h"
#include "harness/report/plots/svg.h"
#include "harness/report/plots/sweep_plot.h"
#include "harness/report/plots/tradeoff_plot.h"
#include "harness/report/plots/warm_up_plot.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/runtime_rows.h"
#include "tests/harness/fixtures/xml.h"

namespace bakeoff::report::plots {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Grid grid_of(const std::vector<journal::Trial>& rows) {
  return make_grid(trials_of_table(rows, rows.front().table), test::report_info().subjects);
}

/// The numbers of the first point of a subject.
std::vector<std::string> point_of(const Plot& plot, const std::string& subject) {
  const auto found = std::ranges::find_if(plot.data.rows, [&](const auto& row) { return row.front() == subject; });
  return found == plot.data.rows.end() ? std::vector<std::string>{} : *found;
}

TEST(ForestPlot, HasTheRatioOfEachSubjectAndSaysWhoIsTied) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const auto plot = forest_plot(grid_of(rows), test::report_info());
  ASSERT_TRUE(plot);
  EXPECT_EQ(plot->name, "http-ratios");
  EXPECT_THAT(plot->data.columns, ElementsAre("subject", "ratio", "low", "high", "tied", "void"));
  EXPECT_THAT(point_of(*plot, "threads"), ElementsAre("threads", "1", "nan", "nan", "0", ""));
  EXPECT_EQ(point_of(*plot, "fibers").at(4), "1");
  EXPECT_EQ(point_of(*plot, "event-loop").at(4), "0");
  const test::XmlTree tree = test::parsed_xml(plot->svg);
  EXPECT_THAT(test::elements_of(tree, "path"), SizeIs(4));
  test::expect_golden("http-ratios.svg", plot->svg);
}

TEST(ForestPlot, ShowsVoidRatiosHollowWithTheirReason) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& row : rows) {
    if (row.subject == "prefork") row.validity = {{"everything", "wrong-answers"}};
  }
  const auto plot = forest_plot(grid_of(rows), test::report_info());
  ASSERT_TRUE(plot);
  EXPECT_EQ(point_of(*plot, "prefork").back(), "wrong-answers");
  EXPECT_THAT(plot->svg, HasSubstr("hollow\" d="));
  EXPECT_THAT(plot->svg, HasSubstr("void: wrong-answers"));
}

TEST(ForestPlot, IsNoneWithoutABaseline) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  ReportInfo info = test::report_info();
  info.baseline = "";
  EXPECT_FALSE(forest_plot(grid_of(rows), info));
}

HistogramsOfTrials histograms_of(const std::vector<journal::Trial>& rows) {
  HistogramsOfTrials histograms;
  for (const journal::Trial& row : rows) {
    stats::Histogram& total = histograms[{row.trial_id, row.attempt}]["total"];
    for (std::uint64_t i = 1; i <= 1000; ++i) total.record(i * 1000 * (row.subject == "prefork" ? 2 : 1));
  }
  return histograms;
}

TEST(PercentilePlot, AddsUpTheBlocksAndEndsWhereSamplesDo) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  const auto plots = percentile_plots(grid_of(rows), test::report_info(), histograms_of(rows));
  ASSERT_THAT(plots, SizeIs(1));
  const auto at = [&](const std::string& subject, double tail) {
    for (const auto& row : plots[0].data.rows) {
      if (row[0] == subject && std::stod(row[1]) == tail) return std::stod(row[2]);
    }
    return 0.0;
  };
  EXPECT_NEAR(at("threads", 100), 0.99, 0.02) << "in ms, as the slowest needs them";
  EXPECT_NEAR(at("prefork", 100), 1.98, 0.04);
  EXPECT_EQ(at("threads", 1000), 0) << "two of two thousand samples are chance";
  EXPECT_THAT(percentile_plots(grid_of(rows), test::report_info(), {}), IsEmpty());
}

TEST(PercentilePlot, DrawsTheLimit) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  for (journal::Trial& row : rows) row.params.p99_limit_ms = 0.5;
  const auto plots = percentile_plots(grid_of(rows), test::report_info(), histograms_of(rows));
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].svg, HasSubstr("limit of the p99: 0.500 ms"));
  for (journal::Trial& row : rows) row.params.p99_limit_ms = 8;
  const auto further = percentile_plots(grid_of(rows), test::report_info(), histograms_of(rows));
  EXPECT_THAT(further[0].svg, HasSubstr("limit of the p99: 8.00 ms<")) << "the scale reaches to it";
  for (journal::Trial& row : rows) row.params.p99_limit_ms = 900;
  const auto beyond = percentile_plots(grid_of(rows), test::report_info(), histograms_of(rows));
  EXPECT_THAT(beyond[0].svg, HasSubstr("limit of the p99: 900 ms ↑")) << "at the edge";
}

TEST(PercentilePlot, TakesTheLeastVoidBlocksAndDrawsWhatIsVoidHollow) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  for (journal::Trial& row : rows) {
    if (row.subject == "threads" && row.block == 0) row.validity = {{"latency.p99", "slipped"}};
    if (row.subject == "prefork") row.validity = {{"latency.p99", "slipped"}, {"latency.p999", "slipped"}};
  }
  const auto plots = percentile_plots(grid_of(rows), test::report_info(), histograms_of(rows));
  ASSERT_THAT(plots, SizeIs(1));
  const auto reason_at = [&](const std::string& subject, double tail) {
    for (const auto& row : plots[0].data.rows) {
      if (row[0] == subject && std::stod(row[1]) == tail) return row.back();
    }
    return std::string("nothing");
  };
  EXPECT_EQ(reason_at("threads", 100), "") << "of the other block";
  EXPECT_EQ(reason_at("prefork", 10), "");
  EXPECT_EQ(reason_at("prefork", 100), "slipped") << "as the table strikes it out";
}

TEST(PercentilePlot, HasAPlotForEachClassOfRequests) {
  const std::vector<journal::Trial> rows = test::http_rows(2);
  HistogramsOfTrials histograms = histograms_of(rows);
  for (auto& [trial, classes] : histograms) classes["/wait"] = classes["/id"] = classes.at("total");
  const auto plots = percentile_plots(grid_of(rows), test::report_info(), histograms);
  ASSERT_THAT(plots, SizeIs(2));
  EXPECT_EQ(plots[0].name, "http-latency-id");
  EXPECT_EQ(plots[1].title, "http: latency by percentile, /wait");
}

/// threads cost 4 us at one connection and fibers 6; from 64 on it is the other way round.
std::vector<journal::Trial> sweep_rows(int blocks) {
  std::vector<journal::Trial> rows;
  for (const int connections : {1, 8, 64, 256}) {
    for (int block = 0; block < blocks; ++block) {
      for (const char* subject : {"threads", "fibers"}) {
        const bool cheap = (std::string(subject) == "threads") == (connections < 64);
        journal::Trial row = test::server_row({subject, cheap ? 4.0 : 6.0, 1000, 600, 1200, 1, 5}, block);
        row.table = "http-" + std::to_string(connections);
        row.params.load.connections = static_cast<std::uint64_t>(connections);
        rows.push_back(row);
      }
    }
  }
  return rows;
}

TEST(SweepPlot, HasAPointForEachMeasuredValueAndMarksWhereSubjectsCross) {
  std::vector<journal::Trial> rows = sweep_rows(12);
  ReportInfo info = test::report_info();
  info.sweeps = {{.name = "http", .key = "connections", .points = {}}};
  for (const int connections : {1, 8, 64, 256}) {
    info.sweeps[0].points.push_back({.table = "http-" + std::to_string(connections), .value = 1.0 * connections});
  }
  const auto all = build_plots(rows, info, {});
  ASSERT_EQ(all.front().table, "http");
  ASSERT_THAT(all.front().plots, SizeIs(2));
  const Plot& cpu = all.front().plots[0];
  EXPECT_EQ(cpu.name, "http-cpu_us_per_request") << "underscores stay";
  EXPECT_EQ(std::ranges::count_if(cpu.data.rows, [](const auto& row) { return row[0] == "fibers"; }), 4);
  EXPECT_THAT(cpu.svg, HasSubstr("fibers crosses threads"));
  EXPECT_THAT(cpu.svg, HasSubstr("polygon class=\"band f0\""));
  test::expect_golden("http-sweep.svg", cpu.svg);

  for (journal::Trial& row : rows) row.params.load.request = "/wait/{fixed:1000}";
  const auto waiting = build_plots(rows, info, {});
  EXPECT_THAT(waiting.front().plots[1].svg, HasSubstr("connections / wait"));
}

TEST(TradeoffPlot, JoinsWhomNobodyBeatsInBoth) {
  EXPECT_THAT(pareto_front({{1, 9}, {2, 5}, {3, 6}, {4, 1}, {1, 10}}), ElementsAre(0, 1, 3));
  EXPECT_THAT(pareto_front({}), IsEmpty());
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const auto plot = tradeoff_plot(grid_of(rows), test::report_info());
  ASSERT_TRUE(plot);
  EXPECT_THAT(plot->data.rows, SizeIs(4));
  EXPECT_THAT(test::elements_of(test::parsed_xml(plot->svg), "rect"), SizeIs(5)) << "the paper, and four boxes";
  for (const char* name : {"threads", "prefork", "fibers", "event-loop"}) EXPECT_THAT(plot->svg, HasSubstr(name));
}

TEST(BlockPlot, MarksWhatOthersDisturbed) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  rows[0].validity = {{"throughput", "noisy"}, {"latency", "noisy"}};
  const auto plots = block_plots(grid_of(rows), test::report_info());
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].data.columns, ElementsAre("subject", "x", "y", "low", "high", "disturbed", "void"));
  const auto is_ringed = [](const auto& row) { return row[5] == "1"; };
  EXPECT_EQ(std::ranges::count_if(plots[0].data.rows, is_ringed), 1) << "its CPU time counts";
  EXPECT_EQ(std::ranges::count_if(plots[0].data.rows, [](const auto& row) { return row.back().empty(); }), 32);
  EXPECT_THAT(test::elements_of(test::parsed_xml(plots[0].svg), "circle"), SizeIs(1));
  for (journal::Trial& row : rows) {
    if (row.subject == "prefork") row.validity = {{"everything", "wrong-answers"}};
  }
  const auto with_void = block_plots(grid_of(rows), test::report_info());
  EXPECT_THAT(with_void[0].svg, HasSubstr("prefork (void: wrong-answers)")) << "in the legend";
  EXPECT_THAT(block_plots(grid_of(test::http_rows(2)), test::report_info()), IsEmpty());
}

/// A job whose time is divided by the units, and a fixed part that is not.
std::vector<journal::Trial> scaling_rows(const std::vector<int>& units_of_rows) {
  std::vector<journal::Trial> rows;
  for (const journal::Trial& one : test::count_rows(8)) {
    for (const int units : units_of_rows) {
      if (one.subject != "threads") continue;
      journal::Trial row = one;
      row.workload = "sha256";
      row.subject = "thread:units=" + std::to_string(units);
      row.trial_id += std::to_string(units);
      row.subject_cpus = {0, 1, 2, 3, 4, 5, 6, 7};
      const double share = units_of_rows.size() > 2 ? 0.1 : 0;
      const double time = share + (1 - share) / units + 0.005 * share * (units - 1);
      row.job->elapsed_ns = static_cast<std::uint64_t>(static_cast<double>(row.job->elapsed_ns) * time);
      rows.push_back(row);
    }
  }
  return rows;
}

TEST(ScalingPlot, HasTheCurvesOfBothLawsWhereThereAreSizesEnough) {
  const auto plots = scaling_plots(grid_of(scaling_rows({1, 2, 4, 8})));
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].svg, HasSubstr("thread, Amdahl"));
  EXPECT_THAT(plots[0].svg, HasSubstr("curve amdahl\""));
  EXPECT_THAT(plots[0].svg, HasSubstr("curve usl\""));
  test::expect_golden("count-scaling.svg", plots[0].svg);
}

TEST(ScalingPlot, ShowsASizeWithoutAValidTimeHollow) {
  std::vector<journal::Trial> rows = scaling_rows({1, 2, 4, 8});
  for (journal::Trial& row : rows) {
    if (row.subject == "thread:units=4") row.validity = {{"elapsed", "noisy"}};
  }
  const auto plots = scaling_plots(grid_of(rows));
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].svg, HasSubstr("(void: noisy)"));
}

TEST(ScalingPlot, HasTheLinesOfItsUnits) {
  const std::vector<journal::Trial> rows = scaling_rows({1, 2});
  const auto plots = scaling_plots(grid_of(rows));
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(point_of(plots[0], "thread"), ElementsAre("thread", "1", "1", "nan", "nan", ""));
  EXPECT_THAT(point_of(plots[0], "perfect"), SizeIs(6));
  EXPECT_THAT(scaling_plots(grid_of(test::http_rows(8))), IsEmpty());
}

TEST(LineGroups, HoldAsManyAsThereAreStylesAndKeepFamiliesTogether) {
  ReportInfo info;
  std::vector<std::string> subjects;
  const auto add = [&](const std::string& family, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      subjects.push_back(family + std::to_string(i));
      info.families[subjects.back()] = family;
    }
  };
  add("models", 4);
  const auto one = line_groups(subjects, info);
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_EQ(one[0].suffix, "");
  add("java", 5);
  add("python", kStyles + 1);
  const auto groups = line_groups(subjects, info);
  ASSERT_THAT(groups, SizeIs(4));
  EXPECT_EQ(groups[1].suffix, "-2");
  EXPECT_THAT(groups[0].names, SizeIs(4));
  EXPECT_THAT(groups[1].names, SizeIs(5));
  EXPECT_THAT(groups[2].names, SizeIs(kStyles)) << "a family that is larger than a plot is cut";
  EXPECT_THAT(line_groups({}, info), IsEmpty());
}

TEST(WarmUpPlot, MarksWhereTheCostIsSteady) {
  std::vector<journal::Trial> rows = test::http_rows(3);
  for (journal::Trial& row : rows) {
    if (row.subject != "fibers") continue;
    row.warm_up = journal::WarmUpRow{.slice_s = 0.1, .cpu_us_per_request = {40, 20, 10, 10, 10}};
    row.warm_up->steady_from = static_cast<std::uint64_t>(row.block);
  }
  const auto plots = warm_up_plots(grid_of(rows), test::report_info());
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].svg, HasSubstr("fibers: steady from 0.100 s on, 20.0 us per request")) << "of the middle block";
  EXPECT_THAT(warm_up_plots(grid_of(test::http_rows(3)), test::report_info()), IsEmpty());
}

TEST(WarmUpPlot, TakesATrialThatIsBelieved) {
  std::vector<journal::Trial> rows = test::http_rows(3);
  for (journal::Trial& row : rows) {
    if (row.subject != "fibers") continue;
    row.warm_up = journal::WarmUpRow{.slice_s = 0.1, .cpu_us_per_request = {40, 20, 10, 10, 10}};
    row.warm_up->steady_from = static_cast<std::uint64_t>(row.block);
    if (row.block != 2) row.validity = {{"everything", "wrong-answers"}};
  }
  const auto plots = warm_up_plots(grid_of(rows), test::report_info());
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].svg, HasSubstr("fibers: steady from 0.200 s on")) << "though it is not the middle one of all";
  for (journal::Trial& row : rows) {
    if (row.subject == "fibers") row.validity = {{"everything", "wrong-answers"}};
  }
  EXPECT_THAT(warm_up_plots(grid_of(rows), test::report_info()), IsEmpty()) << "nothing sets the scale";
}

TEST(LinePlot, SaysWhatLiesBeyondItsScaleAndIsNotSetByIt) {
  LinePlot plot{.name = "p", .title = "p", .description = "", .x = {}, .y = {}};
  plot.y.kind = Scale::Kind::logarithmic;
  Line line{.name = "one"};
  for (int i = 0; i < 12; ++i) {
    line.points.push_back({.x = 1.0 * i, .y = i == 5 ? 300.0 : 1 + 0.01 * i, .tip = "a mark"});
  }
  plot.lines.push_back(line);
  const auto drawn = draw(plot);
  ASSERT_TRUE(drawn);
  EXPECT_THAT(drawn->svg, HasSubstr("↑ 300"));
  EXPECT_THAT(drawn->svg, Not(HasSubstr(">100<"))) << "a tick of a scale that the outlier set";
}

TEST(LinePlot, ShowsEveryPlaceAlongTheAxisHoweverFarItIs) {
  LinePlot plot{.name = "p", .title = "p", .description = "", .x = {}, .y = {}};
  plot.x.kind = plot.y.kind = Scale::Kind::logarithmic;
  Line line{.name = "one"};
  for (int i = 1; i <= 10; ++i) line.points.push_back({.x = i == 10 ? 100'000.0 : i, .y = 1, .tip = "a mark"});
  plot.lines.push_back(line);
  const auto drawn = draw(plot);
  ASSERT_TRUE(drawn);
  EXPECT_THAT(drawn->svg, HasSubstr(">100k<")) << "a place is chosen, and no outlier";
}

TEST(Plots, EachHaveADrawingThatChangesOnlyOnPurpose) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  rows[0].validity = {{"throughput", "noisy"}, {"latency", "noisy"}};
  for (journal::Trial& row : rows) {
    if (row.subject == "fibers") {
      row.warm_up = journal::WarmUpRow{.slice_s = 0.1, .cpu_us_per_request = {40, 20, 10, 10}, .steady_from = 2};
    }
  }
  for (const PlotsOfTable& table : build_plots(rows, test::report_info(), histograms_of(rows))) {
    for (const Plot& plot : table.plots) {
      if (plot.name != "http-ratios") test::expect_golden(plot.name + ".svg", plot.svg);
    }
  }
}

TEST(Plots, AreWellFormedWhateverTheRowsAreAndNoneOfWhollyVoidLines) {
  std::vector<std::vector<journal::Trial>> kinds{test::http_rows(8), test::http_rows(1), test::troubled_rows(),
                                                 test::count_rows(8), test::mechanism_rows(3)};
  std::vector<journal::Trial> hostile = test::http_rows(6);
  for (journal::Trial& row : hostile) row.subject += "<&\"\u202e>";
  kinds.push_back(hostile);
  std::vector<journal::Trial> all_void = test::http_rows(6);
  for (journal::Trial& row : all_void) row.validity = {{"everything", "wrong-answers"}};
  kinds.push_back(all_void);
  for (const auto& rows : kinds) {
    for (const PlotsOfTable& table : build_plots(rows, test::report_info(), histograms_of(rows))) {
      for (const Plot& plot : table.plots) {
        EXPECT_NO_THROW(test::parsed_xml(plot.svg)) << plot.name;
        EXPECT_EQ(plot.name, file_name_of(plot.name));
        for (const auto& row : plot.data.rows) EXPECT_EQ(row.size(), plot.data.columns.size()) << plot.name;
      }
    }
  }
  EXPECT_THAT(build_plots({}, test::report_info(), {}), IsEmpty());
  for (const PlotsOfTable& table : build_plots(all_void, test::report_info(), histograms_of(all_void))) {
    for (const Plot& plot : table.plots) EXPECT_THAT(plot.svg, HasSubstr("hollow")) << plot.name;
  }
}

TEST(PlotData, IsATableThatPgfplotsReads) {
  EXPECT_EQ(pgf_table({.columns = {"subject", "y"}, .rows = {{"a b%#", data_text(1.25)}, {"", data_text({})}}}),
            "subject y\na_b__ 1.25\n- nan\n");
  EXPECT_EQ(file_name_of("http (open)/../x"), "http--open--..-x");
  EXPECT_EQ(file_name_of(".hidden"), "hidden");
  EXPECT_EQ(file_name_of("--"), "plot");
}

}  // namespace
}  // namespace bakeoff::report::plots
