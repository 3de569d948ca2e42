#include "harness/report/html/pairs_html.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/measure/plain_text.h"
#include "harness/report/html/markup.h"

namespace bakeoff::report::html {
namespace {

/// Six digits are more than a ratio has.
double short_number(double value) {
  return std::stod(fmt::format("{:.6g}", value));
}

/// As it may stand in a script: no "</script>" and no "<!--" can come of a name.
std::string json_of(const PairsOfTable& table) {
  nlohmann::ordered_json json = {
      {"figure", table.figure}, {"needs", table.blocks_for_all}, {"subjects", nlohmann::ordered_json::array()}};
  for (const std::string& subject : table.subjects) json["subjects"].push_back(measure::plain_line(subject));
  json["pairs"] = nlohmann::ordered_json::array();
  for (const SubjectPair& pair : table.pairs) {
    nlohmann::ordered_json one = {pair.subject, pair.against, pair.ratio.pairs, short_number(pair.ratio.median)};
    if (pair.ratio.interval) {
      one.push_back(short_number(pair.ratio.interval->low));
      one.push_back(short_number(pair.ratio.interval->high));
      one.push_back(!pair.ratio.tied());
      one.push_back(pair.apart_among_all ? nlohmann::ordered_json(*pair.apart_among_all) : nullptr);
    }
    json["pairs"].push_back(std::move(one));
  }
  std::string text;
  for (const char c : json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string field(const PairsOfTable& table, const char* which, const char* words) {
  std::string options = "<option value=\"\"></option>";
  for (const std::string& subject : table.subjects) options += fmt::format("<option>{}</option>", escaped(subject));
  return fmt::format("<label>{} <select data-pair=\"{}\">{}</select></label>\n", words, which, options);
}

}  // namespace

std::string pairs_html(const PairsOfTable& pairs) {
  return fmt::format(
      "<div class=\"controls pairs\" role=\"group\" aria-label=\"two subjects of {0}\" data-table=\"{0}\" "
      "hidden>{1}{2}<output></output>\n<script "
      "type=\"application/json\">{3}</script></div>\n",
      escaped(pairs.table), field(pairs, "subject", "compare"), field(pairs, "against", "with"), json_of(pairs));
}

}  // namespace bakeoff::report::html
