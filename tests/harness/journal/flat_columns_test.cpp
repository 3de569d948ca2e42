#include "harness/journal/flat_columns.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

namespace bakeoff::journal {
namespace {

using fields::embedded;
using fields::field;
using fields::FieldTable;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

struct Labelled {
  std::string phase, code;
  std::uint64_t count = 0;
};
constexpr FieldTable kLabelled{
    field<&Labelled::phase>("phase"),
    field<&Labelled::code>("code"),
    field<&Labelled::count>("count"),
};

struct Inner {
  double x = 0;
  std::optional<int> y{};
};
constexpr FieldTable kInner{
    field<&Inner::x>("x"),
    field<&Inner::y>("y"),
};

struct Crowd {
  std::uint64_t idle = 0;
};
constexpr FieldTable kCrowd{field<&Crowd::idle>("idle").unless_zero()};

struct Outer {
  std::string name{};
  Crowd shape{};
  std::optional<Inner> inner{};
  std::map<std::string, Inner> by_key{};
  std::map<std::string, std::string> words{};
  std::vector<int> cpus{};
  std::vector<Inner> list{};
  std::vector<Labelled> errors{};
};
constexpr FieldTable kOuter{
    field<&Outer::name>("name"),           embedded<&Outer::shape, kCrowd>(),
    field<&Outer::inner, kInner>("inner"), field<&Outer::by_key, kInner>("by_key"),
    field<&Outer::words>("words"),         field<&Outer::cpus>("cpus"),
    field<&Outer::list, kInner>("list"),   field<&Outer::errors, kLabelled>("errors"),
};

using Shown = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Each column with its values, "-" where there is none.
Shown shown(const std::vector<Outer>& objects) {
  Shown all;
  for (const fields::FlatColumn& column : fields::flat_columns(kOuter, std::span<const Outer>(objects))) {
    auto& values = all.emplace_back(column.name, std::vector<std::string>()).second;
    for (const void* value : column.values) {
      values.push_back(value == nullptr ? "-" : fields::text_of(*column.type, value));
    }
  }
  return all;
}

using Strings = std::vector<std::string>;

TEST(FlatColumns, HaveTheFieldsOfAllObjectsInTheOrderOfTheTable) {
  const std::vector<Outer> objects{{.name = "a", .inner = Inner{.x = 0.5, .y = -3}},
                                   {.name = "b", .shape = {.idle = 7}, .cpus = {0, 2}}};
  EXPECT_THAT(shown(objects), ElementsAre(Pair("name", Strings{"a", "b"}), Pair("idle", Strings{"-", "7"}),
                                          Pair("inner.x", Strings{"0.5", "-"}), Pair("inner.y", Strings{"-3", "-"}),
                                          Pair("cpus", Strings{"-", "[0,2]"})));
}

TEST(FlatColumns, OfWhatNoObjectHasAreNone) {
  EXPECT_THAT(shown({}), IsEmpty());
  EXPECT_THAT(shown({Outer{}, Outer{}}), IsEmpty());
  EXPECT_THAT(shown({Outer{.inner = Inner{.x = std::nan("")}}}), IsEmpty());
}

TEST(FlatColumns, OfAMapAreItsKeysAlsoWhereNothingIsKnownUnderThem) {
  EXPECT_THAT(shown({Outer{.by_key = {{"total", {.x = 1}}}}, Outer{.by_key = {{"slip", {.x = 2, .y = 3}}}}}),
              ElementsAre(Pair("by_key.slip.x", Strings{"-", "2.0"}), Pair("by_key.slip.y", Strings{"-", "3"}),
                          Pair("by_key.total.x", Strings{"1.0", "-"})));
  EXPECT_THAT(shown({Outer{.words = {{"void", ""}, {"why", "noisy"}}}}),
              ElementsAre(Pair("words.void", Strings{"-"}), Pair("words.why", Strings{"noisy"})));
}

TEST(FlatColumns, OfNumbersWithTextsBesideThemAreNamedByTheTexts) {
  EXPECT_THAT(shown({Outer{.errors = {{"read", "ECONNRESET", 3}, {"closed", "", 1}}},
                     Outer{.errors = {{"timeout", "", 0}, {"closed", "", 2}, {"closed", "", 9}}}}),
              ElementsAre(Pair("errors.read.ECONNRESET", Strings{"3", "-"}), Pair("errors.closed", Strings{"1", "2"}),
                          Pair("errors.timeout", Strings{"-", "0"})));
}

TEST(FlatColumns, OfAnyOtherListHaveListsForValues) {
  EXPECT_THAT(shown({Outer{.list = {{.x = 1, .y = 2}, {.x = 3}}}}),
              ElementsAre(Pair("list", Strings{R"([{"x":1.0,"y":2},{"x":3.0}])"})));
}

}  // namespace
}  // namespace bakeoff::journal
