#include "harness/decide/confirmation.h"

#include <fmt/format.h>

namespace bakeoff::decide {
namespace {

std::string because(const Assessment& one, Answer wanted) {
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == wanted) return limit.words.empty() ? limit.name : limit.words;
  }
  return "";
}

}  // namespace

Confirmation confirm(const Verdict& verdict, const std::vector<std::string>& chosen) {
  Confirmation result{.holds = Answer::yes, .words = {}};
  bool beaten = true;  // Somebody else costs less than each of them.
  for (const std::string& name : chosen) {
    const Assessment* one = verdict.find(name);
    if (one == nullptr) {
      result.holds = both(result.holds, Answer::unknown);
      result.words.push_back(name + ": was not measured");
      beaten = false;
      continue;
    }
    const Answer keeps = one->keeps();
    result.holds = both(result.holds, keeps);
    if (keeps != Answer::yes) {
      result.words.push_back(fmt::format("{}: {}: {}", name, keeps == Answer::no ? "misses a limit" : "not decided",
                                         because(*one, keeps)));
    } else if (one->dominated) {
      result.words.push_back(fmt::format("{}: keeps every limit, and costs more than {}: {} times its {}", name,
                                         one->dominated->by, in_words(one->dominated->ratio), one->dominated->figure));
    } else {
      result.words.push_back(name + ": keeps every limit, and nobody costs less");
    }
    beaten = beaten && one->dominated.has_value();
  }
  if (beaten) result.holds = both(result.holds, Answer::no);
  return result;
}

}  // namespace bakeoff::decide
