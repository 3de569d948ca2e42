#include "harness/selftest/judgement.h"

#include <utility>

namespace bakeoff::selftest {

std::string_view verdict_name(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::passed:
      return "passed";
    case CheckVerdict::failed:
      return "failed";
    case CheckVerdict::voided:
      return "void";
    case CheckVerdict::shown:
      return "shown";
  }
  return "";
}

FinishedCheck run_attempts(const std::function<Judgement()>& attempt, const std::function<void()>& before_another,
                           std::size_t most) {
  FinishedCheck finished;
  while (finished.attempts < most) {
    if (finished.attempts != 0) before_another();
    Judgement judgement = attempt();
    ++finished.attempts;
    finished.findings = std::move(judgement.findings);
    if (judgement.void_reason.empty()) return finished;
    finished.void_reasons.push_back(std::move(judgement.void_reason));
  }
  for (CheckFinding& finding : finished.findings) {
    finding.verdict = CheckVerdict::voided;
    finding.why = finished.void_reasons.back();
  }
  return finished;
}

CheckVerdict overall(const std::vector<FinishedCheck>& checks) {
  CheckVerdict worst = CheckVerdict::passed;
  for (const FinishedCheck& check : checks) {
    for (const CheckFinding& finding : check.findings) {
      if (finding.verdict == CheckVerdict::failed) return CheckVerdict::failed;
      if (finding.verdict == CheckVerdict::voided) worst = CheckVerdict::voided;
    }
  }
  return worst;
}

}  // namespace bakeoff::selftest
