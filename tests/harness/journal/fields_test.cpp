#include "harness/journal/fields.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "harness/journal/json.h"

namespace bakeoff::journal {
namespace {

using fields::embedded;
using fields::field;
using fields::FieldTable;
using fields::NameOf;
using testing::ElementsAre;
using testing::IsEmpty;

enum class Colour : std::uint8_t { none, red, green };

constexpr fields::EnumNames kColours{"a colour", NameOf{Colour::none, "none"}, NameOf{Colour::red, "red"}};

struct Shape {
  std::uint64_t connections = 1;
  std::uint64_t idle = 0;
  bool spin = false;
  std::optional<double> rate_rps{};
};

constexpr FieldTable kShape{
    field<&Shape::connections>("connections"),
    field<&Shape::idle>("idle").unless_zero(),
    field<&Shape::spin>("spin").unless_zero(),
    field<&Shape::rate_rps>("rate_rps"),
};

struct Part {
  std::string name;
  double value = 0;
};

constexpr FieldTable kPart{
    field<&Part::name>("name"),
    field<&Part::value, fields::kAnySign>("value"),
};

struct Whole {
  std::string name;
  Shape shape;
  Colour colour = Colour::none;
  std::optional<Colour> other_colour{};
  std::uint16_t port = 0;
  std::int64_t balance = 0;
  double seconds = 0;
  std::vector<std::string> words{};
  std::vector<std::vector<std::uint64_t>> pairs{};
  std::map<std::string, std::vector<Part>> parts{};
  std::optional<Part> best{};
};

constexpr FieldTable kWhole{
    field<&Whole::name>("name"),
    embedded<&Whole::shape, kShape>(),
    field<&Whole::colour, kColours>("colour"),
    field<&Whole::other_colour, kColours>("other_colour"),
    field<&Whole::port>("port"),
    field<&Whole::balance>("balance"),
    field<&Whole::seconds>("seconds"),
    field<&Whole::words>("words"),
    field<&Whole::pairs>("pairs").even_if_empty(),
    field<&Whole::parts, kPart>("parts"),
    field<&Whole::best, kPart>("best"),
};

Whole full() {
  return {.name = "a",
          .shape = {.connections = 64, .idle = 3, .spin = true, .rate_rps = 0.5},
          .colour = Colour::red,
          .other_colour = Colour::none,
          .port = 65535,
          .balance = std::numeric_limits<std::int64_t>::min(),
          .seconds = 1.0 / 3,
          .words = {"", "x\ty"},
          .pairs = {{}, {1, UINT64_MAX}},
          .parts = {{"p", {{"q", -2.5}, {"", 0}}}, {"r", {}}},
          .best = Part{"s", -1}};
}

TEST(Fields, AreWrittenInTheOrderOfTheTableAndReadBack) {
  const std::string text = fields::write_json(kWhole, full());
  EXPECT_EQ(text, R"({"name":"a","connections":64,"idle":3,"spin":true,"rate_rps":0.5,"colour":"red",)"
                  R"("other_colour":"none","port":65535,"balance":-9223372036854775808,"seconds":0.3333333333333333,)"
                  R"("words":["","x\ty"],"pairs":[[],[1,18446744073709551615]],)"
                  R"("parts":{"p":[{"name":"q","value":-2.5},{"value":0.0}]},"best":{"name":"s","value":-1.0}})");
  Whole back;
  fields::read_json(kWhole, text, back);
  EXPECT_THAT(fields::differences(kWhole, full(), back),
              ElementsAre(testing::Field(&fields::Difference::name, "parts")));
  back.parts["r"] = {};  // An empty list in a map is absent, and the key with it.
  EXPECT_THAT(fields::differences(kWhole, full(), back), IsEmpty());
}

TEST(Fields, ThatAreAbsentAreNotWritten) {
  Whole whole;
  whole.seconds = std::nan("");
  whole.colour = Colour::green;  // Has no name.
  EXPECT_EQ(fields::write_json(kWhole, whole), R"({"connections":1,"port":0,"balance":0,"pairs":[]})");
}

TEST(Fields, ThatAreMissingStayAsTheyWere) {
  Whole whole = full();
  fields::read_json(kWhole, R"({"idle":7,"best":{},"unheard_of":[1],"words":[]})", whole);
  Whole expected = full();
  expected.shape.idle = 7;
  expected.best = Part{};
  expected.words = {};
  EXPECT_THAT(fields::differences(kWhole, expected, whole), IsEmpty());
}

TEST(Fields, OfANestedStructStandAmongThoseOfTheOuterInAnyOrder) {
  Whole whole;
  fields::read_json(kWhole, R"({"spin":true,"port":2,"connections":9,"name":"n","rate_rps":4})", whole);
  EXPECT_TRUE(whole.shape.spin);
  EXPECT_EQ(whole.shape.connections, 9u);
  EXPECT_EQ(whole.shape.rate_rps, 4);
  EXPECT_EQ(whole.port, 2);
  EXPECT_EQ(whole.name, "n");
}

TEST(Fields, InWhichTwoDifferAreNamedWithBothValues) {
  Whole other = full();
  other.name = "b";
  other.shape.spin = false;
  other.shape.rate_rps.reset();
  other.colour = Colour::none;
  other.parts["p"][0].value = 2.5;
  other.best.reset();
  std::vector<std::string> found;
  for (const fields::Difference& difference : fields::differences(kWhole, full(), other)) {
    found.push_back(std::string(difference.name) + " " + difference.one.value_or("-") + " " +
                    difference.other.value_or("-"));
  }
  EXPECT_THAT(found, ElementsAre("name a b", "spin true -", "rate_rps 0.5 -", "colour red none",
                                 R"(parts {"p":[{"name":"q","value":-2.5},{"value":0.0}]} )"
                                 R"({"p":[{"name":"q","value":2.5},{"value":0.0}]})",
                                 R"(best {"name":"s","value":-1.0} -)"));
}

TEST(Fields, ThatAreAbsentInTwoWaysAreTheSame) {
  struct Text {
    std::optional<std::string> text;
  };
  static constexpr FieldTable kText{field<&Text::text>("text")};
  EXPECT_THAT(fields::differences(kText, Text{""}, Text{}), IsEmpty());
  EXPECT_THAT(fields::differences(kText, Text{"x"}, Text{}), testing::SizeIs(1));
}

struct Bad {
  std::string text, message;
};

TEST(Fields, ThatCannotBeReadAreNamedByTheirPlace) {
  const std::vector<Bad> all{
      {R"({"spin":1})", "spin: found number, expected true or false"},
      {R"({"idle":-1})", "idle: found -1, expected a whole number from 0 to 18446744073709551615"},
      {R"({"port":65536})", "port: found 65536, expected a whole number from 0 to 65535"},
      {R"({"balance":9223372036854775808})",
       "balance: found 9223372036854775808, expected a whole number from -9223372036854775808 to 9223372036854775807"},
      {R"({"colour":"green\n"})", "colour: found \"green\\n\", expected a colour"},
      {R"({"other_colour":null})", "other_colour: found null, expected a text"},
      {R"({"words":["a",1]})", "words[1]: found number, expected a text"},
      {R"({"pairs":[[1],[2,"x"]]})", "pairs[1][1]: found string, expected a whole number"},
      {R"({"parts":{"a b":[{},{"value":"x"}]}})", "parts.a b[1].value: found string, expected a number"},
      {R"({"parts":[]})", "parts: found array, expected an object"},
      {R"({"best":[]})", "best: found array, expected an object"}};
  for (const Bad& bad : all) {
    Whole whole;
    try {
      fields::read_json(kWhole, bad.text, whole);
      ADD_FAILURE() << bad.text;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(error.what(), bad.message);
    }
  }
}

}  // namespace
}  // namespace bakeoff::journal
