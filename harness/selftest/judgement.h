// What a check of `bakeoff selftest` comes to: plain data, and the rule by which attempts become a verdict.
//
// An attempt whose window was disturbed says nothing about the harness. It is void and is repeated; it never passes.
// Whether it was disturbed is judged without regard to its result, because repeating would otherwise select results.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::selftest {

enum class CheckVerdict {
  passed,
  failed,
  voided,  ///< No attempt had a window that counts.
  shown,   ///< There is nothing to pass: the line is there to be compared with another one.
};

/// "passed", "failed", "void", "shown".
std::string_view verdict_name(CheckVerdict verdict);

/// One figure against its theory.
struct CheckFinding {
  std::string name{};      ///< "stall p99".
  std::string expected{};  ///< In words, with units; and
  std::string measured{};  ///< so.
  CheckVerdict verdict = CheckVerdict::passed;
  std::string why{};                        ///< When it failed or is void.
  std::map<std::string, double> figures{};  ///< The same as numbers, units in the names.
};

/// One attempt: several figures of one window.
struct Judgement {
  std::string void_reason;  ///< Why the window does not count; "" when it does.
  std::vector<CheckFinding> findings;
};

/// A check that has ended.
struct FinishedCheck {
  std::vector<CheckFinding> findings;
  std::vector<std::string> void_reasons;  ///< Why attempts did not count.
  std::size_t attempts = 0;
};

inline constexpr std::size_t kMostAttempts = 10;

/// Attempts until one counts, at most `most` times. When none does, the findings of the last are void.
/// `before_another` is called before each attempt but the first.
FinishedCheck run_attempts(const std::function<Judgement()>& attempt, const std::function<void()>& before_another,
                           std::size_t most = kMostAttempts);

/// The worst of all, in the order failed, voided, passed.
CheckVerdict overall(const std::vector<FinishedCheck>& checks);

}  // namespace bakeoff::selftest
