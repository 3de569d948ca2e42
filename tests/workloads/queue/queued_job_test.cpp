// Jobs and records as text.
#include "workloads/queue/queued_job.h"

#include <gtest/gtest.h>

namespace bakeoff::workloads::queue {
namespace {

TEST(QueuedJob, IsATextAndBack) {
  const QueuedJob job{.id = 17, .kind = QueuedJob::Kind::work, .amount = 1000};
  EXPECT_EQ(to_text(job), "17 work 1000");
  const auto read = parse_job("17 work 1000");
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), "17 work 1000");
  EXPECT_EQ(answer_of(job), 9690993424168521302u) << "the vector of PROTOCOLS.md";
  EXPECT_EQ(to_text(*parse_job("0 wait 0")), "0 wait 0");
  EXPECT_EQ(answer_of(*parse_job("1 wait 25")), 25u);
}

TEST(QueuedJob, IsNothingElse) {
  for (const char* text : {"", "1", "1 wait", "1 wait ", " 1 wait 2", "1 wait 2 ", "1  wait 2", "1 wait 2 3",
                           "x wait 2", "1 sleep 2", "1 wait -2", "01 wait 2", "1 wait 1000001", "1 work 500000001"}) {
    EXPECT_FALSE(parse_job(text)) << text;
  }
}

TEST(JobRecord, IsATextAndBack) {
  const JobRecord record{.id = 3, .taken_ns = 5, .finished_ns = 8, .answer = 18446744073709551615u};
  EXPECT_EQ(to_text(record), "3 5 8 18446744073709551615");
  const auto read = parse_record(to_text(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), to_text(record));
  for (const char* text : {"", "3 5 8", "3 5 8 9 1", "3 5 8 x", "3 5 8 18446744073709551616"}) {
    EXPECT_FALSE(parse_record(text)) << text;
  }
}

TEST(Acknowledge, HasTwoNames) {
  for (const Acknowledge one : {Acknowledge::before, Acknowledge::after}) {
    EXPECT_EQ(acknowledge_named(name_of(one)), one);
  }
  EXPECT_FALSE(acknowledge_named("never"));
}

}  // namespace
}  // namespace bakeoff::workloads::queue
