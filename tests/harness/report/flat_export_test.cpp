// What `bakeoff report --trials` and `--histograms` print: all that the rows hold, in both formats alike.
#include "harness/report/flat_export.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/journal/trial_json.h"
#include "tests/harness/fixtures/csv_reader.h"
#include "tests/harness/fixtures/full_row.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/void_marks.h"

namespace bakeoff::report {
namespace {

using Json = nlohmann::ordered_json;

/// The values of a row under the names of their columns, from the row's own JSON.
void collect(const std::string& name, const Json& value, std::map<std::string, Json>& found) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) collect(name.empty() ? key : name + "." + key, inner, found);
  } else if (name == "client.errors" || name == "job.figures") {
    for (const Json& labelled : value) {
      std::string label = name;
      for (const auto& [key, part] : labelled.items()) {
        if (part.is_string()) label += "." + part.get<std::string>();
      }
      found[label] = labelled.back();
    }
  } else {
    found[name] = value;
  }
}

std::map<std::string, Json> values_of(const journal::Trial& row) {
  std::map<std::string, Json> found;
  collect("", Json::parse(journal::trial_to_json(row)), found);
  return found;
}

Json json_of_trials(const std::vector<journal::Trial>& rows) {
  return Json::parse(flat_trials(rows, FlatFormat::json));
}

/// By column; what is empty is left out.
std::vector<std::map<std::string, std::string>> csv_of_trials(const std::vector<journal::Trial>& rows) {
  const auto records = test::read_csv(flat_trials(rows, FlatFormat::csv));
  std::vector<std::map<std::string, std::string>> lines;
  for (std::size_t i = 1; i < records.size(); ++i) {
    EXPECT_EQ(records[i].size(), records[0].size());
    auto& line = lines.emplace_back();
    for (std::size_t c = 0; c < records[i].size(); ++c) {
      if (!records[i][c].empty()) line[records[0][c]] = records[i][c];
    }
  }
  return lines;
}

TEST(FlatTrials, HaveEveryFieldOfAFullRow) {
  const journal::Trial row = test::full_row();
  const Json exported = json_of_trials({row}).at(0);
  const std::map<std::string, Json> expected = values_of(row);
  EXPECT_GT(expected.size(), 130U);
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(exported.contains(name)) << name;
    EXPECT_EQ(exported.at(name), value) << name;
  }
  for (const auto& [name, value] : exported.items()) {
    EXPECT_TRUE(expected.contains(name) || name.starts_with("validity.")) << name;
  }
  for (const char* name : {"params.connections", "client.latency_us.slip.p999", "client.errors.read.ECONNRESET",
                           "client.errors.closed", "job.figures.extra_ns", "server_receipt.settings.guard"}) {
    EXPECT_TRUE(exported.contains(name)) << name;
  }
}

TEST(FlatTrials, AreTheSameInBothFormats) {
  std::vector<journal::Trial> rows{test::full_row()};
  for (const journal::Trial& row : test::troubled_rows()) rows.push_back(row);
  for (const journal::Trial& row : test::job_rows(journal::TrialKind::probe)) rows.push_back(row);
  const Json objects = json_of_trials(rows);
  const auto lines = csv_of_trials(rows);
  ASSERT_EQ(objects.size(), rows.size());
  ASSERT_EQ(lines.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(objects[i].size(), lines[i].size()) << i;
    for (const auto& [name, value] : objects[i].items()) {
      ASSERT_TRUE(lines[i].contains(name)) << name;
      EXPECT_EQ(lines[i].at(name), value.is_string() ? value.get<std::string>() : value.dump()) << name;
    }
  }
}

TEST(FlatTrials, HaveTheColumnsOfAllRowsAndNothingWhereNothingIsKnown) {
  journal::Trial served = test::http_rows(1).front();
  served.subject_cost->pss_end_kib.reset();
  served.subject_cost->major_faults = 0;
  const journal::Trial job = test::job_rows(journal::TrialKind::job).front();
  const auto lines = csv_of_trials({served, job});
  EXPECT_EQ(lines[0].at("subject_cost.major_faults"), "0");
  EXPECT_FALSE(lines[0].contains("subject_cost.pss_end_kib"));
  EXPECT_FALSE(lines[0].contains("job.elapsed_ns"));
  EXPECT_EQ(lines[1].at("job.figures.turn_us"), "99.9");
  EXPECT_EQ(lines[1].at("params.load"), "job");
  EXPECT_FALSE(lines[1].contains("client.throughput_rps"));
  const auto header = test::read_csv(flat_trials({served, job}, FlatFormat::csv)).at(0);
  for (const char* name : {"subject_cost.pss_end_kib", "job.elapsed_ns", "client.throughput_rps"}) {
    EXPECT_THAT(header, testing::Contains(name));
  }
}

TEST(FlatTrials, KeepAVoidValueAndNameTheReasonInAColumnOfTheMetric) {
  journal::Trial row = test::http_rows(1).front();
  row.validity = {{"latency", "noisy"}};
  const Json noisy = json_of_trials({row}).at(0);
  EXPECT_GT(noisy.at("client.latency_us.total.p99").get<double>(), 0);
  for (const char* metric : {"validity.latency", "validity.latency.p50", "validity.latency.p999"}) {
    EXPECT_EQ(noisy.at(metric), "noisy") << metric;
  }
  for (const char* metric : {"validity.throughput", "validity.cpu_per_request", "validity.everything"}) {
    EXPECT_FALSE(noisy.contains(metric)) << metric;
  }
  row.validity = {{"everything", "wrong-answers"}, {"latency.p99", "slipped"}};
  const Json wrong = json_of_trials({row}).at(0);
  for (const char* metric : {"validity.throughput", "validity.cpu_per_request", "validity.latency.p99"}) {
    EXPECT_EQ(wrong.at(metric), "wrong-answers") << metric;
  }
}

TEST(FlatTrials, HaveAColumnForEachMetricThoughNothingIsVoid) {
  const auto columns_of = [](const journal::Trial& row) {
    return test::read_csv(flat_trials({row}, FlatFormat::csv)).at(0);
  };
  EXPECT_THAT(columns_of(test::http_rows(1).front()),
              testing::IsSupersetOf({"validity.everything", "validity.throughput", "validity.latency",
                                     "validity.latency.p50", "validity.latency.p99", "validity.cpu_per_request"}));
  EXPECT_THAT(columns_of(test::job_rows(journal::TrialKind::job).front()),
              testing::IsSupersetOf({"validity.everything", "validity.elapsed", "validity.cpu"}));
}

TEST(FlatTrials, OfNoRowsAreAnEmptyDocument) {
  EXPECT_EQ(flat_trials({}, FlatFormat::csv), "");
  EXPECT_EQ(json_of_trials({}), Json::array());
}

TEST(FlatHistograms, HaveALineForEachBucketWithBothItsBounds) {
  HistogramsOfTrials histograms;
  auto& of_trial = histograms[{"http-b00-threads", 2}];
  of_trial["total"].record(200, 3);
  of_trial["total"].record(1'000'000);
  of_trial["slip"].record(0);
  EXPECT_EQ(flat_histograms(histograms, FlatFormat::csv),
            "trial_id,attempt,class,low_us,high_us,count\r\n"
            "http-b00-threads,2,slip,0.0,0.0,1\r\n"
            "http-b00-threads,2,total,0.2,0.2,3\r\n"
            "http-b00-threads,2,total,999.424,1003.519,1\r\n");
  const Json objects = Json::parse(flat_histograms(histograms, FlatFormat::json));
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[1].at("class"), "total");
  EXPECT_EQ(objects[1].at("count"), 3);
  EXPECT_EQ(objects[2].at("low_us"), 999.424);
}

}  // namespace
}  // namespace bakeoff::report
