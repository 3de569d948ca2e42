#include "harness/decide/confirmation.h"

#include <fmt/format.h>

#include "harness/report/text_layout.h"

namespace bakeoff::decide {
namespace {

std::string words_of(const Verdict& verdict, const Assessment& one) {
  if (one.keeps == Answer::no) return "misses a limit: " + report::listed(missed_limits(one));
  if (one.standing == Standing::unknown) {
    for (const LimitAnswer& limit : one.limits) {
      if (limit.kept == Answer::unknown) return "was not decided: " + limit.words;
    }
    return "was not decided: what it costs is void or known from too few blocks";
  }
  if (one.dominated) {
    return fmt::format("keeps every limit, and is dominated: {}", in_words(*one.dominated));
  }
  if (one.standing == Standing::pareto) {
    return fmt::format("keeps every limit, and takes {} times the CPU time per request of {}; it is better in {}",
                       one.to_cheapest ? in_words(*one.to_cheapest) : "?", verdict.cheapest, one.better_in);
  }
  return "keeps every limit, and no candidate costs less";
}

}  // namespace

Confirmation confirm(const Verdict& verdict, const std::vector<std::string>& chosen) {
  Confirmation result{.holds = Answer::yes, .words = {}};
  Answer costs = Answer::no;  // Whether one of them is still in the choice.
  for (const std::string& name : chosen) {
    const Assessment* one = verdict.find(name);
    result.holds = both(result.holds, one == nullptr ? Answer::unknown : one->keeps);
    result.words.push_back(fmt::format("{} {}.", name, one == nullptr ? "was not measured" : words_of(verdict, *one)));
    if (one == nullptr || one->standing == Standing::unknown) {
      if (costs == Answer::no) costs = Answer::unknown;
    } else if (one->standing == Standing::choice) {
      costs = Answer::yes;
    }
  }
  result.holds = both(result.holds, costs);
  return result;
}

}  // namespace bakeoff::decide
