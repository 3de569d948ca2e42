// The manual page: what roff would act on is escaped, and the requests are few and in their places.
#include "harness/commands/help/man_page.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "tests/harness/commands/help/sample_program.h"

namespace bakeoff::commands::help {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(RoffText, HasNothingThatRoffWouldActOn) {
  EXPECT_EQ(roff_text("a word"), "a word");
  EXPECT_EQ(roff_text(".SH"), "\\&.SH");
  EXPECT_EQ(roff_text("'s"), "\\&\\(aqs");
  EXPECT_EQ(roff_text("don't"), "don\\(aqt");
  EXPECT_EQ(roff_text("--out"), "\\-\\-out");
  EXPECT_EQ(roff_text("a\\b"), "a\\eb");
  EXPECT_EQ(roff_text("a\nb"), "a b") << "a second line could begin with a request";
  EXPECT_EQ(roff_text("±2 %"), "\\[u00B1]2 %");
  EXPECT_EQ(roff_text("~5.5~"), "\\(ti5.5\\(ti");
  EXPECT_EQ(roff_text("`x`"), "\\(gax\\(ga");
}

TEST(ManPage, HasASectionForEachSubcommandWithItsArgumentsAndOptions) {
  EXPECT_THAT(man_page(sample_program()),
              AllOf(StartsWith(".TH BAKEOFF 1 \"\" \"bakeoff 1.2.3\" \"User Commands\"\n"),
                    HasSubstr("\n.SH NAME\nbakeoff \\- compares models\n"),
                    HasSubstr("\n.SS run\n\\fBbakeoff run [OPTIONS] [EXPERIMENT]\\fR\n"),
                    HasSubstr("\n.TP\n\\fIEXPERIMENT\\fR\nA shipped experiment, or a file.\n"),
                    HasSubstr("\n.TP\n\\fB\\-c\\fR, \\fB\\-\\-connections\\fR \\fIN\\fR\nConnections (default 64).\n"),
                    HasSubstr("\n.SS serve\n"), HasSubstr("\n.SH WORDS\n.TP\n\\fBbaseline\\fR\n"),
                    HasSubstr("\n.SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone.\n")));
}

TEST(ManPage, HasOnlyKnownRequestsAndEveryTagHasItsText) {
  const std::set<std::string> known{"TH", "SH", "SS", "PP", "TP", "nh", "ad"};
  std::istringstream stream(man_page(sample_program()));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_FALSE(lines[i].empty()) << "a line without text is a paragraph of its own, at " << i;
    EXPECT_FALSE(lines[i].starts_with('\'')) << lines[i];
    if (!lines[i].starts_with('.')) continue;
    const std::string request = lines[i].substr(1, lines[i].find(' ') - 1);
    EXPECT_TRUE(known.contains(request)) << lines[i];
    const std::size_t texts = request == "TP" ? 2 : request == "nh" || request == "ad" || request == "TH" ? 0 : 1;
    for (std::size_t text = 1; text <= texts; ++text) {
      ASSERT_LT(i + text, lines.size());
      const bool subsection = request == "SH" && lines[i + text].starts_with(".SS ");
      const bool list = request == "SH" && lines[i + text] == ".TP";
      EXPECT_TRUE(subsection || list || !lines[i + text].starts_with('.')) << lines[i] << "\n" << lines[i + text];
    }
  }
}

}  // namespace
}  // namespace bakeoff::commands::help
