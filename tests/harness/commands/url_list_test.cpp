#include "harness/commands/url_list.h"

#include <gmock/gmock.h>

#include "harness/commands/commands.h"

namespace bakeoff::commands {
namespace {

using testing::HasSubstr;

UrlList read(std::string_view text) {
  return read_url_list("list.txt", text, "host:8080");
}

TEST(UrlList, HasTargetsAndUrlsOfTheServerWithWeightsOrWithout) {
  const UrlList list = read("/a\n\n# a remark\n  2.5 /b?c=d  \nHTTP://host:8080/e\nhttp://host:8080\r\n");
  ASSERT_EQ(list.urls.size(), 4U);
  EXPECT_EQ(list.urls[0].target, "/a");
  EXPECT_EQ(list.urls[0].weight, 1);
  EXPECT_EQ(list.urls[1].target, "/b?c=d");
  EXPECT_EQ(list.urls[1].weight, 2.5);
  EXPECT_EQ(list.urls[2].target, "/e");
  EXPECT_EQ(list.urls[3].target, "/");
  EXPECT_TRUE(list.weighted);
  EXPECT_FALSE(read("/a").weighted);
}

TEST(UrlList, WhatIsNoTargetIsRefusedWithItsLine) {
  for (const auto& [text, told] :
       {std::pair("/a\nb\n",
                  "list.txt:2: found \"b\", expected a target like /index.html, or a URL of http://host:8080"),
        {"http://other/a", "list.txt:1: found \"http://other/a\""},
        {"http://host:80801/a", "list.txt:1: found \"http://host:80801/a\""},
        {"https://host:8080/a", "list.txt:1: "},
        {"0 /a", "list.txt:1: found \"0 /a\", expected WEIGHT TARGET"},
        {"-1 /a", "expected WEIGHT TARGET"},
        {"nan /a", "expected WEIGHT TARGET"},
        {"/a b", "expected WEIGHT TARGET"},
        {"# nothing\n\n", "found no URL in list.txt"}}) {
    try {
      read(text);
      FAIL() << text;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(told)) << text;
    }
  }
}

TEST(UrlList, IsNotLongerThanTenThousand) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "/" + std::to_string(i) + "\n";
  EXPECT_EQ(read(text).urls.size(), 10'000U);
  EXPECT_THROW(read(text + "/more\n"), UsageError);
}

}  // namespace
}  // namespace bakeoff::commands
