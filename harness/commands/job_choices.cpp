#include "harness/commands/job_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/commands/check_jobs.h"
#include "harness/commands/commands.h"
#include "harness/commands/drawn_lines.h"
#include "harness/commands/render.h"
#include "harness/journal/trial_json.h"
#include "harness/report/job_choices.h"
#include "harness/report/text_layout.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

using namespace std::chrono_literals;

constexpr int kRunsOfEach = 5;
/// Many units that contend take minutes: then there are fewer runs.
constexpr auto kNoNewRoundAfter = 20s;

struct ChosenJob {
  journal::Trial planned;
  std::string refusal;  ///< Why it is not started; "" when it can be.
  bool over = false;    ///< It gave no answer, and would give none again.
};

/// "" when the choice goes with units, size and the other settings.
std::string refusal_of(const journal::Trial& row, const experiment::TableSpec& table,
                       const experiment::TrialContext& context) try {
  check_job_row(row, table, context);
  return "";
} catch (const UsageError& error) {
  return error.what();
}

bool has_answer(const journal::Trial& row) {
  return row.job.has_value();
}

void print_choices(const std::vector<journal::Trial>& rows, const subjects::JobFacts& job, const std::string& format) {
  if (format != "json") {
    if (std::ranges::none_of(rows, has_answer)) return;
    fmt::print("{}", report::terminal_table(report::job_choices_table(rows, job), stdout_style()));
    return;
  }
  std::string document = "[";
  for (const journal::Trial& row : rows) {
    if (&row != &rows.front()) document += ",";
    document += journal::trial_to_json(row) + "\n";
  }
  fmt::print("{}]\n", document);
}

journal::Trial run_once(const ChosenJob& chosen, int round, const experiment::TableSpec& table,
                        const experiment::TrialContext& context) {
  journal::Trial row = chosen.planned;
  row.block = round;
  row.trial_id = fmt::format("{}-b{:02}-{}", row.experiment, round, row.subject);
  if (!chosen.refusal.empty()) return experiment::not_started(row, table, context, chosen.refusal);
  return experiment::run_trial(std::move(row), table, context).row;
}

int status_of_choices(const std::vector<journal::Trial>& rows) {
  if (std::ranges::none_of(rows, has_answer)) {
    const journal::Trial& first = rows.front();
    fmt::print(stderr, "bakeoff: {}: {}\n", validity::outcome_name(first.outcome), first.outcome_detail);
    return kFailed;
  }
  const bool right =
      std::ranges::all_of(rows, [](const journal::Trial& row) { return !row.job || row.job->answer_right; });
  return right ? kDone : kNoValid;
}

}  // namespace

std::vector<std::string> with_each_choice(const subjects::Subject& subject, const subjects::JobFacts& job,
                                          const subjects::Inventory& inventory) {
  // A program of others says itself which of the choices it has.
  const auto& settings = subject.foreign ? subject.settings : job.settings;
  const auto setting = std::ranges::find(settings, job.compared_setting, &subjects::SettingFacts::name);
  if (setting == settings.end() || subject.set.contains(setting->name)) return {};
  std::string runs_on = subject.name;
  if (!subject.foreign) {
    const subjects::Subject* executor = inventory.find(subject.executor);
    if (executor == nullptr || executor->role != subjects::Role::executor) return {};
    if (subject.role == subjects::Role::model) {
      runs_on = executor->name + (subject.units ? fmt::format(":units={}", *subject.units) : "");
    }
  }
  std::vector<std::string> names;
  for (const std::string& choice : setting->choices) {
    names.push_back(fmt::format("{}:{}={}", runs_on, setting->name, choice));
  }
  return names;
}

int run_choices(const std::vector<std::string>& names, const journal::Trial& planned, const subjects::JobFacts& job,
                const experiment::TableSpec& table, const experiment::TrialContext& context,
                const std::string& format) {
  std::vector<ChosenJob> choices;
  for (const std::string& name : names) {
    ChosenJob& chosen = choices.emplace_back(ChosenJob{.planned = planned, .refusal = {}});
    chosen.planned.subject = name;
    chosen.planned.order = static_cast<int>(choices.size()) - 1;
    chosen.refusal = refusal_of(chosen.planned, table, context);
  }
  const auto refused = [](const ChosenJob& chosen) { return !chosen.refusal.empty(); };
  if (std::ranges::all_of(choices, refused)) throw UsageError(choices.front().refusal);

  std::vector<journal::Trial> rows;
  DrawnLines line;
  const auto begin = std::chrono::steady_clock::now();
  try {
    for (int round = 0; round < kRunsOfEach; ++round) {
      if (round > 0 && std::chrono::steady_clock::now() - begin > kNoNewRoundAfter) break;
      for (ChosenJob& chosen : choices) {
        if (chosen.over) continue;
        if (line.shown()) {
          const std::string now =
              fmt::format("{} · run {} of {} · {}", planned.workload, round + 1, kRunsOfEach, chosen.planned.subject);
          line.draw({report::shorten(now, DrawnLines::columns())});
        }
        rows.push_back(run_once(chosen, round, table, context));
        chosen.over = !rows.back().job;
      }
    }
  } catch (const subjects::Interrupted&) {
    line.clear();
    if (!rows.empty()) print_choices(rows, job, format);
    throw;
  }
  line.clear();
  print_choices(rows, job, format);
  return status_of_choices(rows);
}

}  // namespace bakeoff::commands
