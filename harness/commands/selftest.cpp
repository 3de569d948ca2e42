// bakeoff selftest: whether the harness notices servers that are wrong on purpose, and whether it finds no difference
// between things that are the same.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/drawn_lines.h"
#include "harness/commands/render.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/measure/cpu_sets.h"
#include "harness/report/terminal_style.h"
#include "harness/report/text_layout.h"
#include "harness/selftest/checks.h"
#include "harness/subjects/foreign_build.h"

namespace bakeoff::commands {
namespace {

using Json = nlohmann::ordered_json;

/// The machine must be quiet for this long before another attempt, and for this much longer each time, because what
/// looks like quiet may be a pause.
constexpr std::chrono::milliseconds kQuietTime{250};

Json checks_json(const std::vector<selftest::FinishedCheck>& checks) {
  Json findings = Json::array();
  for (const selftest::FinishedCheck& check : checks) {
    for (const selftest::CheckFinding& finding : check.findings) {
      findings.push_back({{"name", finding.name},
                          {"expected", finding.expected},
                          {"measured", finding.measured},
                          {"verdict", selftest::verdict_name(finding.verdict)},
                          {"why", finding.why},
                          {"figures", finding.figures},
                          {"attempts", check.attempts},
                          {"void_reasons", check.void_reasons}});
    }
  }
  return {{"verdict", selftest::verdict_name(selftest::overall(checks))}, {"findings", findings}};
}

/// A line per figure, wide enough for every name and figure that there is. A terminal that is narrower gets three.
constexpr std::size_t kWidestLine = 100;
bool is_narrow(const report::TerminalStyle& style) {
  return style.width != 0 && style.width < kWidestLine;
}
void print_line(std::string_view name, std::string_view expected, std::string_view measured, std::string_view result) {
  const report::TerminalStyle style = stdout_style();
  if (!is_narrow(style)) {
    const std::string line = fmt::format("{:<18} {:<25} {:<41} {}", name, expected, measured, result);
    fmt::print("{}", report::wrapped_text(line, style.width, 4));
    return;
  }
  for (const std::string& text : {fmt::format("{}: {}", name, result), fmt::format("  expected {}", expected),
                                  fmt::format("  measured {}", measured)}) {
    fmt::print("{}", report::wrapped_text(text, style.width, 4));
  }
}

void print_check(const selftest::FinishedCheck& check) {
  for (const selftest::CheckFinding& finding : check.findings) {
    std::string result(selftest::verdict_name(finding.verdict));
    if (check.attempts > 1) result += fmt::format(", {} attempts", check.attempts);
    if (!finding.why.empty()) result += ": " + finding.why;
    if (finding.verdict != selftest::CheckVerdict::voided && !check.void_reasons.empty()) {
      result += fmt::format(" (void before: {})", check.void_reasons.back());
    }
    const bool is_void = finding.verdict == selftest::CheckVerdict::voided && !finding.measured.empty();
    print_line(finding.name, finding.expected, is_void ? report::struck_out(finding.measured, false) : finding.measured,
               result);
  }
  std::fflush(stdout);
}

std::vector<selftest::Check> asked_for(const std::vector<std::string>& only) {
  const std::vector<std::string> kinds = selftest::selftest_kinds();
  for (const std::string& kind : only) {
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) continue;
    throw UsageError(fmt::format("--only: found \"{}\", expected one of {}{}", kind, input::join_names(kinds),
                                 input::did_you_mean(kind, kinds)));
  }
  std::vector<selftest::Check> checks = selftest::selftest_checks();
  std::erase_if(checks, [&](const selftest::Check& check) {
    return !only.empty() && std::find(only.begin(), only.end(), check.kind) == only.end();
  });
  return checks;
}

/// The subjects of --subjects, each against itself. Builds what has to be built.
std::vector<selftest::Check> same_checks(const SelftestOptions& options) {
  for (const std::string& kind : options.only) {
    if (kind != "same") throw UsageError("--subjects: found --only " + kind + ", expected no other kind than same");
  }
  subjects::Inventory inventory = full_inventory();
  std::vector<std::string> names = options.subjects;
  const std::vector<std::string> in_folders = take_subject_folders(names, inventory, "--subjects: ");
  names.insert(names.end(), in_folders.begin(), in_folders.end());
  for (std::string& name : names) {
    const subjects::Subject subject = check_subject(inventory, name);
    name = subject.name;
    if (inventory.find(name) == nullptr) inventory.subjects.push_back(subject);
  }
  subjects::prepare_subjects(inventory, names, tell_user);
  std::vector<subjects::Subject> subjects;
  for (const std::string& name : names) {
    subjects.push_back(*inventory.find(name));
    if (!subjects.back().missing.empty()) {
      throw UsageError(fmt::format("--subjects: {} needs {}", name, subjects.back().missing));
    }
    if (!subjects.back().failed_build.empty()) {
      throw UsageError(fmt::format("--subjects: {}: build failed: {}", name, subjects.back().failed_build));
    }
  }
  try {
    return selftest::same_checks_of(subjects, inventory.workloads);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--subjects: ") + error.what());
  }
}

ExitStatus exit_status(selftest::CheckVerdict verdict) {
  if (verdict == selftest::CheckVerdict::failed) return kNotMet;
  return verdict == selftest::CheckVerdict::voided ? kNoValid : kDone;
}

}  // namespace

int selftest_command(const SelftestOptions& options) {
  const bool json = options.format == "json";
  const std::vector<selftest::Check> checks = options.subjects.empty() ? asked_for(options.only) : same_checks(options);
  selftest::FaultRunner fault_runner(std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double>(input::parse_duration_s("--patience", options.patience))));
  DrawnLines running;
  const auto show = [&](const std::string& text) { running.draw({report::shorten(text, DrawnLines::columns())}); };
  std::string what;  // The check that is being tried.
  const selftest::ExperimentRunner experiment_runner(fault_runner,
                                                     [&](const std::string& trial) { show(what + ": " + trial); });
  // The harness itself stays off the subject's CPU.
  measure::pin_to_cpus(fault_runner.load_cpus());
  if (!json) {
    fmt::print("subject on CPU {}, load on CPU {}\n", measure::format_cpu_list(fault_runner.subject_cpus()),
               measure::format_cpu_list(fault_runner.load_cpus()));
    if (!is_narrow(stdout_style())) print_line("check", "expected", "measured", "result");
    std::fflush(stdout);
  }
  std::vector<selftest::FinishedCheck> finished;
  for (const selftest::Check& check : checks) {
    std::size_t attempt = 0;
    const auto try_once = [&] {
      what = ++attempt == 1 ? check.name : fmt::format("{}, attempt {}", check.name, attempt);
      show(what);
      return check.attempt({fault_runner, experiment_runner});
    };
    const auto wait = [&] {
      show(check.name + ", waiting for a quiet moment");
      fault_runner.await_quiet(attempt * kQuietTime);
    };
    finished.push_back(selftest::run_attempts(try_once, wait, check.most_attempts));
    running.clear();
    if (!json) print_check(finished.back());
  }
  const selftest::CheckVerdict verdict = selftest::overall(finished);
  if (json) {
    fmt::print("{}\n", checks_json(finished).dump(2));
  } else if (verdict == selftest::CheckVerdict::voided) {
    fmt::print("Not every check had an attempt that counts: repeat on a quieter machine.\n");
  }
  return exit_status(verdict);
}

}  // namespace bakeoff::commands
