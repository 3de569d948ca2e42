// Drawings: their elements, and the words of others in them.
#include "harness/report/plots/svg.h"

#include <gmock/gmock.h>

#include <set>

#include "harness/report/plots/frame.h"
#include "tests/harness/fixtures/xml.h"

namespace bakeoff::report::plots {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Svg, IsWellFormedWithWhatEachCallDraws) {
  Svg svg(200, 100, "title", "how it is read");
  svg.line({0, 1}, {2.25, 3}, "axis");
  svg.polyline(std::vector<Point>{{0, 0}, {1, 1}}, "line s0");
  svg.polygon(std::vector<Point>{{0, 0}, {1, 1}, {1, 0}}, "band f1");
  svg.rect({5, 6}, 7, 8, "band f2");
  svg.text({1, 2}, "words", Anchor::end, "small");
  svg.vertical_text({3, 4}, "upwards");
  for (std::size_t style = 0; style <= kStyles; ++style) svg.mark({50, 50}, style, style % 2 == 0, "tip");
  const test::XmlTree tree = test::parsed_xml(std::move(svg).str());
  EXPECT_EQ(tree.get<std::string>("svg.title"), "title");
  EXPECT_EQ(tree.get<std::string>("svg.desc"), "how it is read");
  EXPECT_EQ(test::attribute_of(test::elements_of(tree, "line").at(0), "x2"), "2.3") << "one decimal";
  EXPECT_EQ(test::attribute_of(test::elements_of(tree, "polyline").at(0), "points"), "0,0 1,1");
  EXPECT_EQ(test::elements_of(tree, "path").size(), kStyles + 1);
  std::set<std::string> shapes;
  for (const auto& mark : test::elements_of(tree, "path")) shapes.insert(test::attribute_of(mark, "d"));
  EXPECT_EQ(shapes.size(), kStyles) << "styles are told apart without colour, and begin anew";
}

TEST(Svg, EscapesAndMakesPlainWhatOthersSay) {
  const std::string hostile = "<script>alert(\"&'\")</script>\x1b[2J\u202e\nnext";
  Svg svg(100, 100, hostile, hostile);
  svg.text({0, 0}, hostile);
  svg.mark({0, 0}, 0, false, hostile);
  svg.vertical_text({0, 0}, hostile);
  const std::string text = std::move(svg).str();
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\u202e")));
  const test::XmlTree tree = test::parsed_xml(text);
  EXPECT_THAT(tree.get<std::string>("svg.title"), HasSubstr("<script>alert(\"&'\")</script>"));
}

TEST(Legend, BreaksWhereAnEntryHasNoRoom) {
  const std::vector<LegendEntry> three{{.name = "a subject with a name", .look = line_look(0), .style = 0},
                                       {.name = "another one", .look = line_look(1), .style = 1},
                                       {.name = "third", .look = line_look(2), .style = 2, .is_void = true}};
  EXPECT_LT(legend_height(three, 700), legend_height(three, 200));
  EXPECT_EQ(legend_height({}, 700), 0);
  Svg svg(200, 100, "", "");
  draw_legend(svg, {0, 0}, 200, three);
  EXPECT_EQ(test::elements_of(test::parsed_xml(std::move(svg).str()), "path").size(), 3U);
}

}  // namespace
}  // namespace bakeoff::report::plots
