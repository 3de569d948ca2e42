#include "harness/subjects/template.h"

#include <gtest/gtest.h>

#include "harness/input/input_error.h"

namespace bakeoff::subjects {
namespace {

const std::vector<std::string> kNames{"port", "units"};
const std::map<std::string, std::string> kValues{{"port", "80"}, {"units", "4"}};

std::string error_of(std::string_view text, std::size_t line = 1) {
  try {
    check_placeholders(text, kNames, "conf.in", line);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Template, EveryPlaceholderIsReplaced) {
  EXPECT_EQ(fill_in("listen 127.0.0.1:@port@;\nworkers @units@;\n", kValues), "listen 127.0.0.1:80;\nworkers 4;\n");
  EXPECT_EQ(fill_in("@port@@port@", kValues), "8080");
  EXPECT_EQ(fill_in("me@example.com:@port@", kValues), "me@example.com:80");
  EXPECT_EQ(fill_in("@@port@@", kValues), "@80@");
}

TEST(Template, EveryOtherAtStandsForItself) {
  for (const std::string_view text : {"", "@", "@@", "a @ b", "root@localhost", "<a@example.com>, <b@example.com>",
                                      "@port", "@Port@", "@no port@", "@po-rt@"}) {
    EXPECT_EQ(fill_in(text, kValues), text);
    EXPECT_EQ(error_of(text), "") << text;
  }
}

TEST(Template, OneWithoutAValueStaysAsItIs) {
  EXPECT_EQ(fill_in("@prot@ @port@", kValues), "@prot@ 80");
}

TEST(Template, AValueIsNotReadAgain) {
  EXPECT_EQ(fill_in("@port@", {{"port", "@units@"}, {"units", "4"}}), "@units@");
}

TEST(Template, AnUnknownNameIsRefusedWithItsFileAndLineAndTheNearest) {
  EXPECT_EQ(error_of("@prot@"),
            "conf.in:1: found the placeholder @prot@, expected one of @port@, @units@; did you mean @port@?");
  EXPECT_EQ(error_of("@port@\n\nlisten @prot@; @unit@\n"),
            "conf.in:3: found the placeholder @prot@, expected one of @port@, @units@; did you mean @port@?");
  EXPECT_EQ(error_of("one\n@prot@", 7),
            "conf.in:8: found the placeholder @prot@, expected one of @port@, @units@; did you mean @port@?");
  EXPECT_EQ(error_of("@wholly_other@"),
            "conf.in:1: found the placeholder @wholly_other@, expected one of @port@, @units@");
  EXPECT_EQ(error_of("@port@ @units@"), "");
}

}  // namespace
}  // namespace bakeoff::subjects
