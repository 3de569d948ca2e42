#include "harness/report/load/metrics.h"

#include <gmock/gmock.h>

namespace bakeoff::report::load {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LoadMetrics, AreTheWindowSoFar) {
  LoadMetrics metrics("http://host/");
  EXPECT_THAT(metrics.text(), HasSubstr("bakeoff_load_replies_total{server=\"http://host/\"} 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("quantile=\"0.99\"} NaN\n")) << "nothing has been answered";
  for (int i = 0; i < 2; ++i) {
    bakeoff::load::LoadInterval interval;
    interval.length_s = 0.5;
    interval.replies = 1;
    interval.errors = 2;
    interval.cpu_us = 1500;
    interval.total.record(2'000'000);
    metrics.add(interval);
  }
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE bakeoff_load_replies_total counter\n"
                              "bakeoff_load_replies_total{server=\"http://host/\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_errors_total{server=\"http://host/\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_window_seconds{server=\"http://host/\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_generator_cpu_seconds_total{server=\"http://host/\"} 0.003\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_latency_seconds{server=\"http://host/\",quantile=\"1\"} 0.002\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_latency_seconds_sum{server=\"http://host/\"} 0.004\n"));
  EXPECT_THAT(text, HasSubstr("bakeoff_load_latency_seconds_count{server=\"http://host/\"} 2\n"));
}

TEST(LoadMetrics, SayInTheEndWhatMayNotBeBelieved) {
  LoadMetrics metrics("a\"b\\c");
  journal::Trial row;
  EXPECT_THAT(metrics.text(&row), Not(HasSubstr("bakeoff_load_void")));
  row.validity = {{"latency", "noisy"}};
  EXPECT_THAT(metrics.text(&row),
              HasSubstr("bakeoff_load_void{server=\"a\\\"b\\\\c\",figure=\"latency\",reason=\"noisy\"} 1\n"));
}

}  // namespace
}  // namespace bakeoff::report::load
