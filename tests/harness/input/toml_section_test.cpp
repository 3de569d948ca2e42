#include "harness/input/toml_section.h"

#include <gmock/gmock.h>

#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"

namespace bakeoff::input {
namespace {

using testing::ElementsAre;

template <typename Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(TomlSection, KeysComeInTheOrderOfTheFile) {
  const toml::table table = parse_toml("zebra = 1\napple = 2\n[middle]\nb = 1\na = 2\n", "x.toml");
  const TomlSection section(table, "x.toml", "");
  EXPECT_THAT(section.keys(), ElementsAre("zebra", "apple", "middle"));
  EXPECT_THAT(section.section("middle").keys(), ElementsAre("b", "a"));
}

TEST(TomlSection, ATableBelowAKeyHasItsNameBeforeItsKeys) {
  const toml::table table = parse_toml("[outer.inner]\nx = 5\n", "x.toml");
  const TomlSection section(table, "x.toml", "");
  const TomlSection inner = section.section("outer").section("inner");
  EXPECT_EQ(error_of([&] { inner.text("x", "a text"); }), "x.toml:2: outer.inner.x: found 5, expected a text");
}

TEST(TomlSection, WhatIsNoTableIsRefusedAsOne) {
  const toml::table table = parse_toml("a = 1\nb = [\"x\"]\n", "x.toml");
  const TomlSection section(table, "x.toml", "");
  EXPECT_EQ(error_of([&] { section.section("a"); }), "x.toml:1: a: found 1, expected a table");
  EXPECT_EQ(error_of([&] { section.section("b"); }), "x.toml:2: b: found an array, expected a table");
}

TEST(TomlSection, KnowsTheLineOfAKey) {
  const toml::table table = parse_toml("a = 1\n\nb = [\n \"x\",\n \"y\"]\n", "x.toml");
  const TomlSection section(table, "x.toml", "");
  EXPECT_EQ(section.line_of("a"), 1U);
  EXPECT_EQ(section.line_of("b"), 3U);
  EXPECT_EQ(section.line_of("c"), 1U);
}

TEST(TomlSection, WhatIsNoTomlIsOneLine) {
  const std::string message = error_of([] { parse_toml("a = 1\nb = \"\n\"", "x.toml"); });
  EXPECT_THAT(message, testing::StartsWith("x.toml:2: no TOML: "));
  EXPECT_THAT(message, testing::Not(testing::HasSubstr("\n")));
}

TEST(ReadName, TakesWhatCanBePartOfAFileName) {
  const auto name_in = [](const std::string& toml) {
    const toml::table table = parse_toml(toml, "x.toml");
    return read_name(TomlSection(table, "x.toml", ""));
  };
  EXPECT_EQ(name_in("name = \"redis-7\""), "redis-7");
  EXPECT_EQ(name_in("name = \"" + std::string(40, 'a') + "\""), std::string(40, 'a'));
  EXPECT_EQ(name_in("other = 1"), std::nullopt);
  for (const std::string bad : {"", "-a", "A", "a b", "a/b", "..", "a.b", "a_b", "a:b"}) {
    EXPECT_EQ(error_of([&] { name_in("name = \"" + bad + "\""); }),
              "x.toml:1: name: found \"" + bad + "\", expected 1 to 40 small letters, digits and hyphens");
  }
  EXPECT_NE(error_of([&] { name_in("name = \"" + std::string(41, 'a') + "\""); }), "");
}

}  // namespace
}  // namespace bakeoff::input
