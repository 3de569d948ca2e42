#include "harness/selftest/judgement.h"

#include <utility>

namespace bakeoff {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::voided:
      return "void";
    case Verdict::shown:
      return "shown";
  }
  return "";
}

Settled settle(const std::function<Judgement()>& attempt, const std::function<void()>& before_another,
               std::size_t most) {
  Settled settled;
  while (settled.attempts < most) {
    if (settled.attempts != 0) before_another();
    Judgement judgement = attempt();
    ++settled.attempts;
    settled.findings = std::move(judgement.findings);
    if (judgement.void_reason.empty()) return settled;
    settled.void_reasons.push_back(std::move(judgement.void_reason));
  }
  for (Finding& finding : settled.findings) {
    finding.verdict = Verdict::voided;
    finding.why = settled.void_reasons.back();
  }
  return settled;
}

Verdict overall(const std::vector<Settled>& checks) {
  Verdict worst = Verdict::passed;
  for (const Settled& check : checks) {
    for (const Finding& finding : check.findings) {
      if (finding.verdict == Verdict::failed) return Verdict::failed;
      if (finding.verdict == Verdict::voided) worst = Verdict::voided;
    }
  }
  return worst;
}

}  // namespace bakeoff
