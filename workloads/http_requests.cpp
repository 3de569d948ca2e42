#include "workloads/http_requests.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "workloads/back_end.h"
#include "workloads/client.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kMixtureMark = "/{mixed:";
constexpr std::string_view kMixMark = "/{mix:";
constexpr std::uint64_t kMixtureSalt = 0x6d69786564;
constexpr std::size_t kMostKinds = 16;
constexpr double kMostWeight = 1'000'000;
/// A set of files where the mix names none: FileSet's own count, and a popularity in the range that was found for pages
/// of the web, 0.64 to 0.83 (Breslau and others, "Web caching and Zipf-like distributions", INFOCOM 1999).
constexpr std::string_view kUsualFiles = "zipf:1000,0.8";

[[noreturn]] void refuse_mix(const std::string& expected, std::string_view found) {
  throw std::invalid_argument("http: /{mix: WEIGHT KIND [DETAIL], ...}: " + expected + ", found \"" + printable(found) +
                              "\"");
}

/// Takes the part in front of `end` off the text.
std::string_view take_part(std::string_view& text, std::string_view end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(text.size(), at + end.size()));
  return part;
}

/// "": one call; "3": three, one after the other; "at-once:3".
std::string call_target(std::string_view detail) {
  constexpr std::string_view kAtOnce = "at-once:";
  if (detail.empty()) return "/call/{k}";
  const bool at_once = detail.starts_with(kAtOnce);
  const auto calls = parse_unsigned(at_once ? detail.substr(kAtOnce.size()) : detail);
  if (!calls || *calls == 0 || *calls > kMostCalls) {
    refuse_mix("behind call stands how many, 1 to " + std::to_string(kMostCalls) +
                   " or at-once:1 to at-once:" + std::to_string(kMostCalls),
               detail);
  }
  return (at_once ? "/calls-at-once/" : "/calls/") + std::to_string(*calls) + "/{k}";
}

/// The target of one kind of a mix.
std::string target_of_kind(std::string_view kind, std::string_view detail) {
  const auto shaped = [&](std::string_view shape) { return "/" + std::string(kind) + "/{" + std::string(shape) + "}"; };
  if (kind == "hello" && detail.empty()) return "/";
  if (kind == "id" && detail.empty()) return "/id/{k}";
  if (kind == "wait") return shaped(detail);
  if (kind == "file") return shaped(detail.empty() ? kUsualFiles : detail);
  if (kind == "work") {
    const auto rounds = parse_unsigned(detail);
    if (!rounds || *rounds > kMostRounds) {
      refuse_mix("the rounds behind work are a whole number up to " + std::to_string(kMostRounds), detail);
    }
    return "/work/" + std::string(detail);
  }
  if (kind == "hello" || kind == "id") refuse_mix("nothing stands behind " + std::string(kind), detail);
  if (kind == "call") return call_target(detail);
  refuse_mix("a kind is hello, id, wait, work, file or call", kind);
}

}  // namespace

HttpRequests::HttpRequests(const ClientSettings& settings)
    : method_(settings.form.method + " "),
      behind_(behind_target(settings.form, settings.host)),
      to_head_(settings.form.method == "HEAD") {
  check_form(settings.form);
  // What our server answers to another method, or to a body, is not what it answers to GET.
  const bool known = settings.form.method == "GET";
  if (!settings.urls.empty()) {
    read_urls(settings, known);
  } else {
    read_target(settings.request.empty() ? "/" : std::string_view(settings.request), known);
  }
}

void HttpRequests::read_target(std::string_view target, bool known) {
  const bool mix = target.starts_with(kMixMark);
  if (!mix && !target.starts_with(kMixtureMark)) return add_kind("", 1, HttpTarget(target, known));
  const std::string_view mark = mix ? kMixMark : kMixtureMark;
  if (!target.ends_with('}')) {
    throw std::invalid_argument("http: found no } at the end of \"" + printable(target) + "\", expected one");
  }
  const std::string_view text = target.substr(mark.size(), target.size() - mark.size() - 1);
  mix ? read_mix(text) : read_mixture(text);
}

void HttpRequests::read_mixture(std::string_view text) {
  std::string_view rounds = text;
  const std::string_view share = take_part(rounds, ",");
  const double heavy = parse_decimal(share, 0, 1);
  if (heavy < 0) {
    throw std::invalid_argument("http: the share of the requests that compute is from 0 to 1, found \"" +
                                printable(share) + "\"");
  }
  const auto number = parse_unsigned(rounds);
  if (!number || *number > kMostRounds) {
    throw std::invalid_argument("http: the rounds behind the share are a whole number up to " +
                                std::to_string(kMostRounds) + ", found \"" + printable(rounds) + "\"");
  }
  add_kind("heavy", heavy, HttpTarget("/work/" + std::string(rounds)));
  add_kind("light", 1 - heavy, HttpTarget("/id/{k}"));
}

void HttpRequests::read_mix(std::string_view text) {
  while (!text.empty()) {
    std::string_view rest = take_part(text, ", ");
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::string_view part = rest;
    const std::string_view weight_text = take_part(rest, " ");
    const std::string_view kind = take_part(rest, " ");
    const double weight = parse_decimal(weight_text, 0, kMostWeight);
    if (!(weight > 0)) refuse_mix("a weight is a number above 0 up to 1000000", weight_text);
    if (kind.empty() || rest.find(' ') != std::string_view::npos) refuse_mix("a part is WEIGHT KIND [DETAIL]", part);
    if (kinds_.size() == kMostKinds) refuse_mix("at most 16 kinds", part);
    const std::string name = kind == "hello" ? "/" : "/" + std::string(kind);
    const auto before = std::ranges::count_if(
        classes_, [&](const std::string& other) { return other == name || other.starts_with(name + " "); });
    add_kind(before == 0 ? name : name + " " + std::to_string(before + 1), weight,
             HttpTarget(target_of_kind(kind, rest)));
  }
  if (kinds_.empty()) refuse_mix("one kind at least", text);
  weigh_by_sum();
}

void HttpRequests::read_urls(const ClientSettings& settings, bool known) {
  std::map<std::string_view, std::uint32_t> places;
  for (const WeightedTarget& url : settings.urls) {
    const auto [found, added] = places.emplace(url.target, static_cast<std::uint32_t>(kinds_.size()));
    if (added) {
      add_kind(url.target, url.weight, HttpTarget(url.target, known));
    } else {
      for (std::size_t kind = found->second; kind < up_to_.size(); ++kind) up_to_[kind] += url.weight;
    }
    if (settings.urls_in_order) order_.push_back(found->second);
  }
  weigh_by_sum();
  if (kinds_.size() == 1) classes_.clear();
}

/// Weights are summed up; weigh_by_sum() divides them where their sum is not 1.
void HttpRequests::add_kind(const std::string& name, double weight, HttpTarget target) {
  files_ = std::max(files_, kinds_.emplace_back(std::move(target)).files());
  call_ = call_ || kinds_.back().calls() != 0;
  up_to_.push_back((up_to_.empty() ? 0 : up_to_.back()) + weight);
  if (!name.empty()) classes_.push_back(name);
}

bool HttpRequests::learns() const {
  std::string buffer;
  return std::ranges::any_of(kinds_, [&](const HttpTarget& target) {
    return target.expected(0, 0, buffer).kind == ExpectedBody::Kind::learnt;
  });
}

void HttpRequests::weigh_by_sum() {
  const double sum = up_to_.back();
  for (double& limit : up_to_) limit /= sum;
}

std::size_t HttpRequests::drawn_class(std::uint64_t stream, std::uint64_t index) const {
  if (!order_.empty()) return order_[index % order_.size()];
  const double drawn = uniform(stream ^ kMixtureSalt, index);
  const auto found = std::upper_bound(up_to_.begin(), up_to_.end() - 1, drawn);
  return static_cast<std::size_t>(found - up_to_.begin());
}

}  // namespace bakeoff::workloads
