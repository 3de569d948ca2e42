#include "harness/decide/request_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::decide {
namespace {

const std::vector<std::string> kKindNames{"light", "wait", "work", "call", "file", "get", "set"};
constexpr double kShortestUs = 1;
/// Four times as long (phases.cpp) is still a wait that the protocol has, and a work of fewer rounds than it has.
constexpr double kLongestWaitUs = 15e6, kLongestWorkUs = 250e3;
constexpr std::uint64_t kMostCalls = 16;
constexpr double kShareTolerance = 1e-4;  ///< 33.33 + 33.33 + 33.34 are all.
constexpr std::string_view kExponential = "exponential:";
constexpr const char* kExample = "expected classes with their shares in percent, like wait:5ms@70,work:3ms@5,light@25";

const std::string& name_of(RequestKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

struct Place {
  const std::string& option;
  std::string_view part;
  [[noreturn]] void refuse(const std::string& expected) const {
    throw input::InputError(fmt::format("{}: found {}, {}", option, measure::in_quotes(part), expected));
  }
};

std::string time_in_text(double us) {
  if (us >= 1e6) return fmt::format("{:.6g}s", us / 1e6);
  return us >= 1e3 ? fmt::format("{:.6g}ms", us / 1e3) : fmt::format("{:.6g}us", us);
}

double parse_time_us(const Place& place, std::string_view text, double longest_us) {
  const double us = input::read_time_us(text, input::kShortTimeUnits).value_or(0);
  if (!(us >= kShortestUs && us <= longest_us)) {
    place.refuse(fmt::format("expected a time from 1us to {}, with us, ms or s", time_in_text(longest_us)));
  }
  return us;
}

RequestKind parse_kind(const Place& place, const std::string& name) {
  const auto found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) {
    place.refuse("expected one of " + input::join_names(kKindNames) + input::did_you_mean(name, kKindNames));
  }
  return static_cast<RequestKind>(found - kKindNames.begin());
}

void read_detail(const Place& place, std::string_view detail, RequestClass& one) {
  const bool timed = one.kind == RequestKind::wait || one.kind == RequestKind::work;
  if (timed) {
    if (detail.empty()) place.refuse(fmt::format("expected how long it takes, like {}:5ms@70", name_of(one.kind)));
    one.exponential = one.kind == RequestKind::wait && detail.starts_with(kExponential);
    if (one.exponential) detail.remove_prefix(kExponential.size());
    one.time_us = parse_time_us(place, detail, one.kind == RequestKind::work ? kLongestWorkUs : kLongestWaitUs);
  } else if (one.kind == RequestKind::call && !detail.empty()) {
    one.calls = input::parse_whole(place.option + ": call", std::string(detail), 1, kMostCalls);
  } else if (!detail.empty()) {
    place.refuse(fmt::format("expected nothing behind {}", name_of(one.kind)));
  }
}

RequestClass parse_class(const std::string& option, std::string_view part) {
  const Place place{option, part};
  const std::size_t at = part.find('@');
  if (at == std::string_view::npos) place.refuse("expected its share in percent behind an @, like light@25");
  const std::string_view what = part.substr(0, at);
  const std::size_t colon = std::min(what.find(':'), what.size());
  RequestClass one{.kind = parse_kind(place, std::string(what.substr(0, colon)))};
  read_detail(place, colon < what.size() ? what.substr(colon + 1) : std::string_view(), one);
  const auto percent = input::read_quantity(part.substr(at + 1));
  const bool known = percent && (percent->unit.empty() || percent->unit == "%");
  if (!known || !(percent->number > 0 && percent->number <= 100)) {
    place.refuse("expected a share above 0 and at most 100 percent");
  }
  one.share = percent->number / 100;
  return one;
}

std::string detail_of(const RequestClass& one) {
  if (one.kind == RequestKind::call) return one.calls == 1 ? "" : fmt::format("{}", one.calls);
  if (one.time_us == 0) return "";
  return (one.exponential ? std::string(kExponential) : "") + time_in_text(one.time_us);
}

bool is_of_a_cache(RequestKind kind) {
  return kind == RequestKind::get || kind == RequestKind::set;
}

std::uint64_t rounds_of(const RequestClass& work, double rounds_per_ms) {
  return static_cast<std::uint64_t>(std::max(1.0, std::round(work.time_us / 1e3 * rounds_per_ms)));
}

/// Of a service that has this class alone.
std::string alone(const RequestClass& one, double rounds_per_ms) {
  switch (one.kind) {
    case RequestKind::wait:
      return fmt::format("/wait/{{{}:{:.0f}}}", one.exponential ? "exponential" : "fixed", one.time_us);
    case RequestKind::work:
      return fmt::format("/work/{}", rounds_of(one, rounds_per_ms));
    case RequestKind::call:
      return one.calls == 1 ? "/call/{k}" : fmt::format("/calls/{}/{{k}}", one.calls);
    case RequestKind::file:
      return "/file/{zipf:1000,0.8}";
    default:
      return "/id/{k}";
  }
}

std::string among_others(const RequestClass& one, double rounds_per_ms) {
  switch (one.kind) {
    case RequestKind::wait:
      return fmt::format("wait {}:{:.0f}", one.exponential ? "exponential" : "fixed", one.time_us);
    case RequestKind::work:
      return fmt::format("work {}", rounds_of(one, rounds_per_ms));
    case RequestKind::call:
      return one.calls == 1 ? "call" : fmt::format("call {}", one.calls);
    case RequestKind::file:
      return "file";
    default:
      return "id";
  }
}

}  // namespace

RequestMix parse_mix(const std::string& place, std::string_view text) {
  RequestMix mix;
  double total = 0;
  for (std::string_view rest = text; !rest.empty() || mix.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view part = rest.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    rest.remove_prefix(std::min(rest.size(), comma + 1));
    if (part.empty())
      throw input::InputError(fmt::format("{}: found {}, {}", place, measure::in_quotes(text), kExample));
    const RequestClass one = parse_class(place, part);
    if (class_of(mix, one.kind) != nullptr) {
      throw input::InputError(fmt::format("{}: found {} twice in {}, expected each class once", place,
                                          name_of(one.kind), measure::in_quotes(text)));
    }
    total += one.share;
    mix.push_back(one);
  }
  if (std::abs(total - 1) > kShareTolerance) {
    throw input::InputError(fmt::format("{}: found shares that add up to {:.6g} %, expected 100 % in {}", place,
                                        total * 100, measure::in_quotes(text)));
  }
  const auto of_a_cache = std::ranges::count_if(mix, [](const RequestClass& one) { return is_of_a_cache(one.kind); });
  if (of_a_cache != 0 && of_a_cache != static_cast<std::ptrdiff_t>(mix.size())) {
    throw input::InputError(
        fmt::format("{}: found get or set beside other classes in {}, expected them alone: a "
                    "cache speaks Redis' protocol, the others HTTP",
                    place, measure::in_quotes(text)));
  }
  return mix;
}

std::string to_text(const RequestMix& mix) {
  std::string text;
  for (const RequestClass& one : mix) {
    const std::string detail = detail_of(one);
    text += fmt::format("{}{}{}{}@{:.6g}", text.empty() ? "" : ",", name_of(one.kind), detail.empty() ? "" : ":",
                        detail, one.share * 100);
  }
  return text;
}

std::string mix_in_words(const RequestMix& mix) {
  std::string text;
  for (const RequestClass& one : mix) {
    text += fmt::format("{}{:.4g} % {}", text.empty() ? "" : ", ", one.share * 100, name_of(one.kind));
    if (one.kind == RequestKind::call && one.calls > 1) text += fmt::format(" {}", one.calls);
    if (one.exponential) text += " exponential";
    if (one.time_us != 0) {
      std::string time = time_in_text(one.time_us);
      text += " " + time.insert(time.find_first_not_of("0123456789."), " ");
    }
  }
  return text;
}

const RequestClass* class_of(const RequestMix& mix, RequestKind kind) {
  const auto found = std::ranges::find(mix, kind, &RequestClass::kind);
  return found == mix.end() ? nullptr : &*found;
}

double work_us_per_request(const RequestMix& mix) {
  const RequestClass* work = class_of(mix, RequestKind::work);
  return work == nullptr ? 0 : work->share * work->time_us;
}

std::string workload_of(const RequestMix& mix) {
  return !mix.empty() && is_of_a_cache(mix.front().kind) ? "counter" : "http";
}

std::string request_of(const RequestMix& mix, double rounds_per_ms) {
  if (workload_of(mix) == "counter") {
    const RequestClass* get = class_of(mix, RequestKind::get);
    return fmt::format("kv/10000,{:.6g},0.99", get == nullptr ? 0 : get->share);
  }
  if (mix.size() == 1) return alone(mix.front(), rounds_per_ms);
  std::string text;
  for (const RequestClass& one : mix) {
    text += fmt::format("{}{:.6g} {}", text.empty() ? "" : ", ", one.share, among_others(one, rounds_per_ms));
  }
  return "/{mix: " + text + "}";
}

RequestMix with_share(RequestMix mix, RequestKind kind, double share) {
  const RequestClass* changed = class_of(mix, kind);
  const double before = changed == nullptr ? 0 : changed->share;
  for (RequestClass& one : mix) {
    one.share = one.kind == kind ? share : one.share * (1 - share) / (1 - before);
  }
  return mix;
}

}  // namespace bakeoff::decide
