// The settings of a run: names, values and defaults.
#include "workloads/settings.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace bakeoff::workloads {
namespace {

constexpr std::array kKnown{
    SettingEntry{.name = "pinned", .meaning = "whether", .default_value = "no", .choices = kYesOrNo},
    SettingEntry{.name = "stack-kib", .meaning = "how much", .default_value = "64", .least = 16, .most = 1024},
};

std::string refusal(std::string_view name, std::string_view value) {
  Settings settings{kKnown};
  try {
    settings.set(name, value);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, HaveTheirDefaultsUntilTheyAreSet) {
  Settings settings{kKnown};
  EXPECT_FALSE(settings.yes("pinned"));
  EXPECT_EQ(settings.number("stack-kib"), 64U);
  settings.set("pinned", "yes");
  settings.set("stack-kib", "1024");
  EXPECT_TRUE(settings.yes("pinned"));
  EXPECT_EQ(settings.number("stack-kib"), 1024U);
  EXPECT_EQ(settings.all().size(), 2U);
}

TEST(Settings, RefuseWhatTheyDoNotKnowAndSayWhatTheyDo) {
  EXPECT_EQ(refusal("pined", "yes"), "found the setting 'pined', expected pinned or stack-kib");
  EXPECT_EQ(refusal("pinned", "maybe"), "pinned: found 'maybe', expected yes or no");
  for (const char* value : {"15", "1025", "", "-1", "64k", "99999999999999999999"}) {
    EXPECT_EQ(refusal("stack-kib", value),
              "stack-kib: found '" + std::string(value) + "', expected a whole number from 16 to 1024");
  }
  EXPECT_THROW(Settings().set("any", "1"), std::invalid_argument);
}

TEST(Settings, AreAskedForByTheirOwnModelOnly) {
  EXPECT_THROW(static_cast<void>(Settings{kKnown}.text("nosuch")), std::out_of_range);
}

}  // namespace
}  // namespace bakeoff::workloads
