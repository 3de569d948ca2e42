#include "harness/report/html/pairs_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/measure/plain_text.h"
#include "harness/report/html/markup.h"

namespace bakeoff::report::html {
namespace {

using Json = nlohmann::ordered_json;

/// Six digits are more than a ratio has.
double short_number(double value) {
  return std::stod(fmt::format("{:.6g}", value));
}

/// [subject, against, blocks, ratio, blocks in which it is higher, low, high, told apart, also among all]; the last
/// four only where there is an interval.
Json json_of(const SubjectPair& pair) {
  Json one = {pair.subject, pair.against, pair.ratio.pairs, short_number(pair.ratio.median), pair.higher_in};
  if (pair.ratio.interval) {
    one.push_back(short_number(pair.ratio.interval->low));
    one.push_back(short_number(pair.ratio.interval->high));
    one.push_back(!pair.ratio.tied());
    one.push_back(pair.apart_among_all ? Json(*pair.apart_among_all) : nullptr);
  }
  return one;
}

Json json_of(const PairsOfTable& table, const ComparedResult& result) {
  Json json = {{"table", measure::plain_line(table.table)}, {"figure", measure::plain_line(table.figure)}};
  const auto link = std::ranges::find(result.tables, table.table, &TableLink::name);
  if (link != result.tables.end() && !result.link.empty()) {
    json["id"] = link->id;
    json["caption"] = measure::plain_line(link->caption);
  }
  json["needs"] = table.blocks_for_all;
  json["subjects"] = Json::array();
  for (const std::string& subject : table.subjects) json["subjects"].push_back(measure::plain_line(subject));
  json["pairs"] = Json::array();
  for (const SubjectPair& pair : table.pairs) json["pairs"].push_back(json_of(pair));
  json["beside"] = Json::array();
  for (const FigureBeside& figure : table.beside) {
    json["beside"].push_back({{"title", measure::plain_line(figure.title)}, {"values", figure.values}});
  }
  return json;
}

Json json_of(const ComparedResult& result) {
  Json json = {{"title", measure::plain_line(result.title)}};
  if (!result.link.empty()) {
    json["link"] = result.link;
    json["question"] = measure::plain_line(result.question);
    if (!result.why.empty()) json["why"] = measure::plain_line(result.why);
  }
  json["tables"] = Json::array();
  for (const PairsOfTable& table : result.pairs) json["tables"].push_back(json_of(table, result));
  return json;
}

}  // namespace

std::string packed_pairs(std::span<const ComparedResult> results, std::span<const SubjectGloss> subjects) {
  Json json = {{"results", Json::array()}, {"subjects", Json::object()}};
  for (const ComparedResult& result : results) {
    if (!result.pairs.empty()) json["results"].push_back(json_of(result));
  }
  if (json["results"].empty()) return "";
  for (const SubjectGloss& words : subjects) {
    json["subjects"][measure::plain_line(words.name)] = {measure::plain_line(words.summary),
                                                         measure::plain_line(words.price)};
  }
  return packed_text("pairs", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string place_for_pairs(const std::string& table) {
  return fmt::format(
      "<div class=\"controls pairs\" role=\"group\" aria-label=\"two subjects of {0}\" data-table=\"{0}\" "
      "hidden></div>\n",
      escaped(table));
}

}  // namespace bakeoff::report::html
