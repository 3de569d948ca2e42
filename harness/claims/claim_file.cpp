#include "harness/claims/claim_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/input/toml_section.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/manifest.h"

namespace bakeoff::claims {
namespace {

const std::vector<std::string> kFileKeys{"title", "kind", "claims"};
const std::vector<std::string> kKinds{"claims", "statements"};
const std::vector<std::string> kClaimKeys{"id",      "sentence", "source", "evidence", "figure",  "mechanism",
                                          "command", "related",  "cells",  "same_as",  "missing", "untestable"};
const std::vector<std::string> kCellKeys{"result", "table", "subject", "against", "against_table",
                                         "figure", "is",    "scope",   "half"};

constexpr double kEndless = std::numeric_limits<double>::infinity();

[[noreturn]] void refuse_wanted(std::string_view text, std::string_view place) {
  throw input::InputError(
      fmt::format("{}: found {}, expected 5..50, < 3, <= 3, > 3, >= 3 or = 3, with \"some\" before it where one "
                  "block is enough",
                  place, measure::in_quotes(text)));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

double read_end(std::string_view text, std::string_view whole, std::string_view place) {
  const auto number = input::read_quantity(trimmed(text));
  // from_chars() reads "nan" and "inf" too.
  if (!number || !number->unit.empty() || !std::isfinite(number->number)) refuse_wanted(whole, place);
  return number->number;
}

std::string needed(const input::TomlSection& section, const char* key, const std::string& expected) {
  const auto text = section.text(key, expected);
  if (!text || text->empty()) section.fail(key, text ? "an empty text" : "nothing", expected);
  return *text;
}

std::string text_or_none(const input::TomlSection& section, const char* key) {
  return section.text(key, "a text").value_or("");
}

ClaimCell read_cell(const input::TomlSection& section, std::string_view file) {
  section.require_known(kCellKeys);
  const std::string place = fmt::format("{}:{}", file, section.line_of("is"));
  return {.result = needed(section, "result", "the name of an experiment"),
          .table = needed(section, "table", "the name of one of its tables"),
          .subject = needed(section, "subject", "a subject of the table"),
          .against = text_or_none(section, "against"),
          .against_table = text_or_none(section, "against_table"),
          .figure = needed(section, "figure", "the key of a column, like cpu_us_per_request"),
          .is = parse_wanted(needed(section, "is", "where the claim is true: 5..50, < 3, > 0"), place + ": is"),
          .scope = text_or_none(section, "scope"),
          .half = text_or_none(section, "half"),
          .place = place};
}

void refuse_what_decides_nothing(const input::TomlSection& section, const Claim& claim) {
  const int ways = static_cast<int>(!claim.cells.empty()) + static_cast<int>(!claim.same_as.empty()) +
                   static_cast<int>(!claim.missing.empty()) + static_cast<int>(!claim.untestable.empty());
  if (ways == 1) return;
  section.fail("cells", fmt::format("{} of cells, same_as, missing and untestable", ways),
               "one of them: the cells that decide it, the claims that say the same, what is missing for that, or why "
               "it cannot be tested");
}

Claim read_claim(const input::TomlSection& section, const std::string& theme, std::string_view file) {
  section.require_known(kClaimKeys);
  Claim claim{.id = needed(section, "id", "a name like F-SW-3"),
              .theme = theme,
              .file = std::string(file),
              .sentence = needed(section, "sentence", "the claim, a sentence"),
              .source = needed(section, "source", "who says so"),
              .evidence = section.name("evidence", kEvidence).value_or(""),
              .figure = text_or_none(section, "figure"),
              .mechanism = needed(section, "mechanism", "why it is so, in two to four sentences"),
              .command = text_or_none(section, "command"),
              .related = section.texts("related", "ids of claims").value_or(std::vector<std::string>()),
              .cells = {},
              .same_as = section.texts("same_as", "ids of claims").value_or(std::vector<std::string>()),
              .missing = text_or_none(section, "missing"),
              .untestable = text_or_none(section, "untestable")};
  if (claim.evidence.empty()) section.fail("evidence", "nothing", "read, quoted or remembered");
  if (claim.evidence == "remembered" && !claim.figure.empty()) {
    section.fail("figure", section.shown("figure"), "no figure where its source is only remembered");
  }
  for (const input::TomlSection& cell : section.sections("cells").value_or(std::vector<input::TomlSection>())) {
    claim.cells.push_back(read_cell(cell, file));
  }
  refuse_what_decides_nothing(section, claim);
  return claim;
}

[[noreturn]] void refuse_id(const std::string& place, const char* key, const std::string& found, const Claim& claim,
                            const std::string& expected) {
  throw input::InputError(
      fmt::format("{}: claims.{}: found \"{}\" in {}, expected {}", place, key, found, claim.id, expected));
}

/// Every claim that another one refers to is there, and what it is the same as is decided by itself.
void check_references(const std::vector<Claim>& all, const std::map<std::string, std::string>& place_of) {
  for (const Claim& claim : all) {
    const std::string& place = place_of.at(claim.id);
    for (const std::string& other : claim.related) {
      if (!place_of.contains(other)) refuse_id(place, "related", other, claim, "the id of a claim");
    }
    for (const std::string& other : claim.same_as) {
      const auto found = std::ranges::find(all, other, &Claim::id);
      if (found == all.end() || !found->same_as.empty()) {
        refuse_id(place, "same_as", other, claim, "the id of a claim that is not itself the same as another");
      }
    }
  }
}

/// An experiment of an author's own lies beside the claims that it decides.
bool is_experiment(std::string_view toml, const std::string& file) {
  return input::parse_toml(toml, file).contains("tables");
}

/// Without manifests: programs that an author's experiment runs may lie among the claims too.
std::vector<std::filesystem::path> toml_files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".toml" && !subjects::is_manifest(entry.path())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Wanted parse_wanted(std::string_view text, std::string_view place) {
  Wanted wanted{.text = std::string(text), .range = {-kEndless, kEndless}};
  std::string_view rest = trimmed(text);
  if (rest.starts_with("some ")) {
    wanted.some = true;
    rest = trimmed(rest.substr(5));
  }
  if (const std::size_t dots = rest.find(".."); dots != std::string_view::npos) {
    wanted.range = {read_end(rest.substr(0, dots), text, place), read_end(rest.substr(dots + 2), text, place)};
    if (wanted.range.low > wanted.range.high) refuse_wanted(text, place);
    return wanted;
  }
  if (rest.empty()) refuse_wanted(text, place);
  const char sign = rest.front();
  const bool closed = rest.size() > 1 && rest[1] == '=';
  if (sign != '<' && sign != '>' && sign != '=') refuse_wanted(text, place);
  const double end = read_end(rest.substr(closed ? 2 : 1), text, place);
  if (sign != '<') wanted.range.low = end;
  if (sign != '>') wanted.range.high = end;
  wanted.excludes_end = sign != '=' && !closed;
  return wanted;
}

std::vector<Claim> parse_claims(std::string_view toml, std::string_view file) {
  const toml::table document = input::parse_toml(toml, file);
  const input::TomlSection section(document, file, "");
  section.require_known(kFileKeys);
  const std::string title = needed(section, "title", "the theme of the claims");
  const bool statements = section.name("kind", kKinds).value_or("claims") == "statements";
  std::vector<Claim> claims;
  for (const input::TomlSection& one : section.sections("claims").value_or(std::vector<input::TomlSection>())) {
    claims.push_back(read_claim(one, title, file));
    claims.back().statement = statements;
  }
  return claims;
}

std::vector<Claim> read_claims(const std::vector<std::filesystem::path>& folders) {
  std::vector<Claim> all;
  std::map<std::string, std::string> place_of;
  for (const std::filesystem::path& folder : folders) {
    const std::vector<std::filesystem::path> files = toml_files_in(folder);
    if (files.empty())
      throw input::InputError(fmt::format("{}: found no claims, expected TOML files", folder.string()));
    for (const std::filesystem::path& file : files) {
      const std::string text = measure::read_text(file).value_or("");
      if (is_experiment(text, file.string())) continue;
      for (Claim& claim : parse_claims(text, file.string())) {
        const auto [first, is_new] = place_of.emplace(claim.id, file.string());
        if (!is_new) {
          throw input::InputError(fmt::format("{}: claims.id: found a second \"{}\", expected another id than in {}",
                                              file.string(), claim.id, first->second));
        }
        all.push_back(std::move(claim));
      }
    }
  }
  check_references(all, place_of);
  return all;
}

}  // namespace bakeoff::claims
