// A void figure is struck out wherever it is printed: every writer of reports, over tables of every kind, whose rows
// are void for each metric and each reason.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/table.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/void_marks.h"

namespace bakeoff::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::vector<test::Writer<Report>> kReportWriters{
    {"terminal", [](const Report& report) { return terminal_report(report); }, "~", "~"},
    {"narrow terminal", [](const Report& report) { return terminal_report(report, {.width = 60}); }, "~", "~"},
    {"terminal in colour", [](const Report& report) { return terminal_report(report, {.colour = true}); },
     test::kStrike, test::kEnd},
    {"markdown", [](const Report& report) { return markdown_report(report); }, "~~", "~~"},
    {"latex", [](const Report& report) { return latex_report(report); }, "\\bakeoffvoid{", "}"},
};

/// Void in all rows but those of the baseline, which has other figures.
std::vector<journal::Trial> with_void(std::vector<journal::Trial> rows, const std::string& metric,
                                      const std::string& reason) {
  for (journal::Trial& row : rows) {
    if (row.subject != "threads") row.validity[metric] = reason;
  }
  return rows;
}

/// Four tables, so that there is an overview; a real server and its model, so that there are twins.
std::vector<journal::Trial> server_rows() {
  std::vector<journal::Trial> rows;
  for (const char* table : {"first", "second", "third", "fourth"}) {
    for (int block = 0; block < 8; ++block) {
      for (const char* subject : {"threads", "event-loop", "nginx"}) {
        const bool base = subject == std::string("threads");
        journal::Trial row = base ? test::server_row({subject, 9.99, 51'111, 811, 5'432, 0.91, 99.1}, 0)
                                  : test::server_row({subject, 7.77, 81'234, 654, 2'345, 0.456, 33.7}, 0);
        row.table = table;
        row.block = block;
        // As given, without the fixture's differences between blocks.
        row.subject_cost->cpu_us_per_request = base ? 9.99 : 7.77;
        row.client->throughput_rps = base ? 51'111 : 81'234;
        row.client->latency_us["total"].p50 = base ? 811 : 654;
        row.client->latency_us["total"].p99 = base ? 5'432 : 2'345;
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

ReportInfo server_info() {
  ReportInfo info;
  info.baseline = "threads";
  info.twins = {{"nginx", "event-loop"}};
  return info;
}

/// The p99 stands below "p99 ms".
const std::vector<test::Voided> kServerMetrics{
    {"throughput", {"81.2k"}},
    {"latency", {"654", "2.35"}},
    {"latency.p50", {"654"}},
    {"latency.p99", {"2.35"}},
    {"cpu_per_request", {"7.77", "0.457"}},
    {"everything", {"7.77", "81.2k", "654", "2.35", "0.457", "33.7"}},
};

TEST(VoidFigures, AreStruckOutInEveryTableOfAReport) {
  test::expect_marked<Report>(kReportWriters, kServerMetrics, build_report(server_rows(), server_info()),
                              [](const std::string& metric, const std::string& reason) {
                                return build_report(with_void(server_rows(), metric, reason), server_info());
                              });
}

std::vector<journal::Trial> mixed_rows() {
  std::vector<journal::Trial> rows = server_rows();
  for (journal::Trial& row : rows) {
    const bool base = row.subject == "threads";
    for (const auto& [name, factor] : {std::pair{"light", 1.0}, std::pair{"heavy", 10.0}}) {
      row.client->latency_us[name] = {
          .p50 = base ? 3 * factor : 4.56 * factor, .p99 = base ? 4 * factor : 6.78 * factor, .count = 50};
    }
  }
  return rows;
}

TEST(VoidFigures, OfAMixtureOfRequestsAreStruckOutForEachKind) {
  test::expect_marked<Report>(
      kReportWriters, {{"latency.p50", {"4.56", "45.6"}}, {"latency", {"4.56", "45.6", "6.78", "67.8"}}},
      build_report(mixed_rows(), server_info()), [](const std::string& metric, const std::string& reason) {
        return build_report(with_void(mixed_rows(), metric, reason), server_info());
      });
}

/// As --against names them; the other build's figures are those of the baseline.
Report against_report(const std::vector<journal::Trial>& rows) {
  std::vector<journal::Trial> both;
  for (journal::Trial row : rows) {
    if (row.subject == "nginx") continue;
    row.subject = row.subject == "threads" ? "event-loop@other" : row.subject;
    both.push_back(std::move(row));
  }
  ReportInfo info = server_info();
  info.against = "other/bin/bakeoff-subject";
  return build_report(both, info);
}

TEST(VoidFigures, OfTwoBuildsAreStruckOut) {
  test::expect_marked<Report>(kReportWriters, {{"cpu_per_request", {"7.77"}}, {"everything", {"7.77"}}},
                              against_report(server_rows()), [](const std::string& metric, const std::string& reason) {
                                return against_report(with_void(server_rows(), metric, reason));
                              });
}

const std::vector<test::Voided> kJobMetrics{{"elapsed", {"456", "43.2"}},
                                            {"cpu", {"234", "345", "5.67"}},
                                            {"everything", {"456", "43.2", "234", "77.3", "12.3"}}};
const std::vector<test::Voided> kProbeMetrics{{"cpu", {"43.2", "5.67"}}, {"everything", {"43.2", "5.67", "77.3"}}};

TEST(VoidFigures, OfJobsAndProbesAreStruckOutInTheirTables) {
  for (const auto& kind :
       {std::pair{journal::TrialKind::job, &kJobMetrics}, std::pair{journal::TrialKind::probe, &kProbeMetrics}}) {
    test::expect_marked<Report>(kReportWriters, *kind.second, build_report(test::job_rows(kind.first), server_info()),
                                [&](const std::string& metric, const std::string& reason) {
                                  return build_report(with_void(test::job_rows(kind.first), metric, reason),
                                                      server_info());
                                });
  }
}

TEST(VoidFigures, AWitnessWhoseRowIsVoidSaysSo) {
  const auto rows = with_void(test::job_rows(journal::TrialKind::probe), "everything", "wrong-answers");
  EXPECT_THAT(build_report(rows, server_info()).tables[0].notes,
              testing::Contains("event-loop: void (wrong-answers): the child read 6123"));
}

/// The same in the units of the rows, which machines get.
const std::vector<test::Voided> kServerMetricsInJson{
    {"throughput", {"81.2k"}},
    {"latency", {"654", "2.35k"}},
    {"latency.p50", {"654"}},
    {"latency.p99", {"2.35k"}},
    {"cpu_per_request", {"7.77", "0.457"}},
    {"everything", {"7.77", "81.2k", "654", "2.35k", "0.457", "33.7"}},
};

/// The two formats for machines: the number stays, with the reason beside it.
TEST(VoidFigures, InJsonHaveTheReasonInTheirCell) {
  for (const auto& [metric, figures] : kServerMetricsInJson) {
    for (const std::string& reason : test::kReasons) {
      const json document =
          json::parse(json_report(build_report(with_void(server_rows(), metric, reason), server_info())));
      for (const std::string& figure : figures) {
        std::size_t found = 0;
        for (const json& table : document.at("tables")) {
          for (const json& row : table.at("rows")) {
            for (const auto& [key, cell] : row.at("cells").items()) {
              if (cell.value("text", "") != figure) continue;
              ++found;
              EXPECT_EQ(cell.value("void", ""), reason)
                  << metric << " " << table.at("name") << " " << key << " " << cell;
            }
          }
        }
        EXPECT_GT(found, 0U) << figure;
      }
    }
  }
}

TEST(VoidFigures, InCsvHaveTheReasonInTheirLine) {
  const std::vector<std::pair<std::string, std::string>> values{{"throughput", ",81234,"},
                                                                {"latency", ",2345,"},
                                                                {"latency.p50", ",654,"},
                                                                {"cpu_per_request", ",7.77,"},
                                                                {"everything", ",33.69"}};
  for (const auto& [metric, value] : values) {
    for (const std::string& reason : test::kReasons) {
      std::istringstream lines(csv_report(build_report(with_void(server_rows(), metric, reason), server_info())));
      std::size_t found = 0;
      for (std::string line; std::getline(lines, line);) {
        if (line.find(value) == line.npos) continue;
        ++found;
        EXPECT_THAT(line, HasSubstr("," + reason + ","));
      }
      EXPECT_GT(found, 0U) << value;
    }
  }
}

}  // namespace
}  // namespace bakeoff::report
