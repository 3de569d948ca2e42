#include "harness/claims/claim_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/input/input_error.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::claims {
namespace {

using testing::HasSubstr;

constexpr const char* kHead =
    "title = \"Switching\"\n[[claims]]\nid = \"S-1\"\nsource = \"texts\"\nmechanism = \"so\"\n";

std::string with(const std::string& keys) {
  return std::string(kHead) + keys;
}

std::string refusal(const std::string& toml) {
  try {
    parse_claims(toml, "switching.toml");
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ClaimFile, IsReadWithItsCells) {
  const auto claims = parse_claims(
      with("sentence = \"It takes 5 us.\"\nevidence = \"read\"\nfigure = \"5 us\"\ncells = [\n  { result = \"r\", "
           "table = "
           "\"t\", subject = \"a\", against = \"b\", figure = \"switch_ns\", is = \"5..50\", scope = \"here\" },\n]\n"),
      "switching.toml");
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].theme, "Switching");
  ASSERT_EQ(claims[0].cells.size(), 1U);
  EXPECT_EQ(claims[0].cells[0].against, "b");
  EXPECT_EQ(claims[0].cells[0].is.range.low, 5);
  EXPECT_EQ(claims[0].cells[0].is.range.high, 50);
}

TEST(ClaimFile, RefusesInOneLineWhatIsWrong) {
  const std::string sentence = "sentence = \"s\"\nevidence = \"read\"\n";
  EXPECT_THAT(refusal(with(sentence)), HasSubstr("found 0 of cells, same_as, missing and untestable"));
  EXPECT_THAT(refusal(with(sentence + "missing = \"m\"\nuntestable = \"u\"\n")), HasSubstr("found 2 of cells"));
  EXPECT_THAT(refusal(with(sentence + "missing = \"m\"\nfigures = \"5 us\"\n")), HasSubstr("figures"));
  EXPECT_THAT(refusal(with("sentence = \"s\"\nevidence = \"rumour\"\nmissing = \"m\"\n")), HasSubstr("rumour"));
  EXPECT_THAT(refusal(with("sentence = \"s\"\nevidence = \"remembered\"\nfigure = \"5 us\"\nmissing = \"m\"\n")),
              HasSubstr("no figure where its source is only remembered"));
  EXPECT_THAT(refusal(with("evidence = \"read\"\nmissing = \"m\"\n")), HasSubstr("sentence: found nothing"));
  EXPECT_THAT(refusal(with(sentence + "cells = [{ result = \"r\", table = \"t\", subject = \"a\", figure = \"f\", is = "
                                      "\"about 5\" }]\n")),
              HasSubstr("switching.toml:8: is: found \"about 5\", expected 5..50"));
}

TEST(ClaimFile, ReadsRanges) {
  const auto wanted = [](const char* text) { return parse_wanted(text, "is"); };
  EXPECT_TRUE(wanted("< 3").excludes_end);
  EXPECT_EQ(wanted("< 3").range.high, 3);
  EXPECT_FALSE(wanted(">= 3").excludes_end);
  EXPECT_EQ(wanted(">= 3").range.low, 3);
  EXPECT_EQ(wanted("= 0").range.high, 0);
  EXPECT_TRUE(wanted("some > 0").some);
  for (const char* text : {"", "some", "5", "..", "5..", "50..5", "< ", "<< 3", "3 us", "> 3 us", "< nan", "1..inf"}) {
    EXPECT_THROW(wanted(text), input::InputError) << text;
  }
}

TEST(ShippedClaims, CanBeReadAndAreWritten) {
  const std::vector<Claim> claims = read_claims({subjects::reference_directory() / "claims"});
  EXPECT_GE(claims.size(), 58U);
  for (const Claim& claim : claims) {
    EXPECT_TRUE(claim.sentence.ends_with('.')) << claim.id;
    // A statement that says the same as a claim refers to it.
    const std::size_t least = claim.statement ? 30 : 40;
    EXPECT_GE(claim.mechanism.size(), claim.same_as.empty() ? least : 1) << claim.id;
    std::set<std::string> halves;
    for (const ClaimCell& cell : claim.cells) halves.insert(cell.half);
    EXPECT_TRUE(halves.size() < 2 || !halves.contains("")) << claim.id << ": some cells have no half";
  }
}

}  // namespace
}  // namespace bakeoff::claims
