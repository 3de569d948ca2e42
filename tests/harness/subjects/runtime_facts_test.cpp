// The ready line of a program of others: what is taken from it, and what is said of one that is wrong.
#include "harness/subjects/runtime_facts.h"

#include <gmock/gmock.h>

namespace bakeoff::subjects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReadyLine, OfARuntimeSaysWhatItIs) {
  const auto facts =
      runtime_in(R"({"ready":true,"port":7,"runtime":{"name":"java","version":"21.0.2","cpus":2,"threads":4,)"
                 R"("collector":"G1","heap_limit_mib":256,"flags":["-Xmx256m"],"more":[1]}})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->name, "java");
  EXPECT_EQ(facts->version, "21.0.2");
  EXPECT_EQ(facts->cpus, 2U);
  EXPECT_EQ(facts->threads, 4U);
  EXPECT_EQ(facts->collector, "G1");
  EXPECT_EQ(facts->heap_limit_mib, 256U);
  EXPECT_THAT(facts->flags, ElementsAre("-Xmx256m"));
}

TEST(ReadyLine, WhatIsNotThereOrOfAnotherTypeIsUnknown) {
  const auto facts = runtime_in(R"({"ready":true,"port":7,"runtime":{"name":1,"cpus":"2","threads":-1}})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->name, "");
  EXPECT_EQ(facts->cpus, std::nullopt);
  EXPECT_EQ(facts->threads, std::nullopt);
  EXPECT_FALSE(runtime_in(R"({"ready":true,"port":7})"));
  EXPECT_FALSE(runtime_in(""));
}

TEST(ReadyLine, ThatIsWrongIsShownWithWhatWasExpected) {
  EXPECT_EQ(what_is_wrong_with_ready(R"({"ready":true,"port":7})", 7), "");
  EXPECT_THAT(what_is_wrong_with_ready(R"({"ready":tr)", 7),
              HasSubstr(R"(it printed "{\"ready\":tr", expected {"ready":true,"port":7})"));
  EXPECT_THAT(what_is_wrong_with_ready(R"({"ready":false,"port":7})", 7), HasSubstr("expected"));
  EXPECT_THAT(what_is_wrong_with_ready(R"({"ready":true,"port":8})", 7), HasSubstr("another port"));
  EXPECT_THAT(what_is_wrong_with_ready(R"({"ready":true})", 7), HasSubstr("another port"));
}

}  // namespace
}  // namespace bakeoff::subjects
