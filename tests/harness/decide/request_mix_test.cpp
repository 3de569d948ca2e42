#include "harness/decide/request_mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/input_error.h"

namespace bakeoff::decide {
namespace {

using testing::AllOf;
using testing::HasSubstr;

RequestMix mix_of(const char* text) {
  return parse_mix("--mix", text);
}

TEST(RequestMix, ReadsEachKindWithItsDetailAndItsShare) {
  const RequestMix mix = mix_of("wait:5ms@70,work:3ms@5, light@25");
  ASSERT_EQ(mix.size(), 3U);
  EXPECT_EQ(mix[0].kind, RequestKind::wait);
  EXPECT_EQ(mix[0].time_us, 5000);
  EXPECT_DOUBLE_EQ(mix[0].share, 0.7);
  EXPECT_EQ(mix[1].time_us, 3000);
  EXPECT_DOUBLE_EQ(work_us_per_request(mix), 150);
  EXPECT_EQ(to_text(mix), "wait:5ms@70,work:3ms@5,light@25");
  EXPECT_EQ(to_text(mix_of("wait:exponential:250us@50%,call:3@50%")), "wait:exponential:250us@50,call:3@50");
}

TEST(RequestMix, BecomesTheRequestOfAnExperiment) {
  EXPECT_EQ(request_of(mix_of("wait:5ms@70,work:3ms@5,light@25"), 1000),
            "/{mix: 0.7 wait fixed:5000, 0.05 work 3000, 0.25 id}");
  EXPECT_EQ(request_of(mix_of("light@100"), 1), "/id/{k}");
  EXPECT_EQ(request_of(mix_of("wait:exponential:2ms@100"), 1), "/wait/{exponential:2000}");
  EXPECT_EQ(request_of(mix_of("work:1ms@100"), 500), "/work/500");
  EXPECT_EQ(request_of(mix_of("call@60,file@40"), 1), "/{mix: 0.6 call, 0.4 file}");
  EXPECT_EQ(workload_of(mix_of("get@90,set@10")), "counter");
  EXPECT_EQ(request_of(mix_of("get@90,set@10"), 1), "kv/10000,0.9,0.99");
}

TEST(RequestMix, RefusesWhatIsNoneInOneLineThatSaysWhereAndWhatIsExpected) {
  const std::vector<std::pair<const char*, const char*>> wrong{{"", "like wait:5ms@70"},
                                                               {"light", "its share in percent"},
                                                               {"light@0", "above 0"},
                                                               {"light@101", "at most 100"},
                                                               {"light@x", "a share"},
                                                               {"light@50", "add up to 50 %"},
                                                               {"light@60,wait:1ms@60", "add up to 120 %"},
                                                               {"light@50,light@50", "light twice"},
                                                               {"wait@100", "how long it takes"},
                                                               {"wait:5@100", "with us, ms or s"},
                                                               {"wait:0ms@100", "from 1us to 15s"},
                                                               {"work:1s@100", "from 1us to 250ms"},
                                                               {"slep:5ms@100", "expected one of light, wait"},
                                                               {"light:5ms@100", "nothing behind light"},
                                                               {"call:17@100", "from 1 to 16"},
                                                               {"get@50,light@50", "speaks Redis' protocol"},
                                                               {"light@50,,wait:1ms@50", "like wait:5ms@70"}};
  for (const auto& [text, expected] : wrong) {
    try {
      mix_of(text);
      ADD_FAILURE() << text;
    } catch (const input::InputError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("--mix"), HasSubstr("expected"), HasSubstr(expected))) << text;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(RequestMix, KeepsTheProportionsOfTheOthersWhenOneShareChanges) {
  const RequestMix mix = with_share(mix_of("wait:5ms@60,work:3ms@20,light@20"), RequestKind::work, 0.4);
  EXPECT_DOUBLE_EQ(mix[0].share, 0.45);
  EXPECT_DOUBLE_EQ(mix[1].share, 0.4);
  EXPECT_DOUBLE_EQ(mix[2].share, 0.15);
}

}  // namespace
}  // namespace bakeoff::decide
