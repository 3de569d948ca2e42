#include "harness/commands/load_slo.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/load/coordinator.h"
#include "harness/load/slo_search.h"
#include "harness/report/load/slo_report.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::commands {
namespace {

constexpr double kStepShare = 0.2;   ///< A step of the search takes this share of the duration,
constexpr double kLeastStepS = 0.5;  ///< and no less than this.
/// What the estimate assumes: six steps up or down, five to bisect to 3 %, four fails that are tried twice, three
/// above.
constexpr double kTypicalSteps = 18;
constexpr double kLoadOverheadS = 0.1;
/// The fewest requests of a step: a percentile of fewer says nothing.
constexpr double kLeastRequests = 20;

/// The lengths of the loads of a search.
struct Lengths {
  explicit Lengths(const SloCommand& command)
      : step_s(std::min(std::max(command.duration_s * kStepShare, kLeastStepS), command.duration_s)),
        step_warmup_s(std::min(command.warmup_s, step_s / 2)),
        repeat_s(command.duration_s),
        repeat_warmup_s(command.warmup_s) {}

  double total_s(const load::SloSearchSettings& settings) const {
    return kTypicalSteps * (step_s + step_warmup_s + kLoadOverheadS) +
           static_cast<double>(settings.confirmations) * (repeat_s + repeat_warmup_s + kLoadOverheadS);
  }

  double step_s, step_warmup_s, repeat_s, repeat_warmup_s;
};

void announce_search(const SloCommand& command, const Lengths& lengths, const load::SloSearchSettings& settings) {
  tell(fmt::format(
      "Looking for the highest rate with {}: about {:.0f} steps of {} and {} repeats of {}, {} in all; void steps are "
      "repeated and come on top",
      load::to_text(command.slo), kTypicalSteps, load::time_text(lengths.step_s * 1e6), settings.confirmations,
      load::time_text(lengths.repeat_s * 1e6), load::time_text(lengths.total_s(settings) * 1e6)));
}

/// One step; nullopt when the user stops it.
std::optional<report::load::SloTrial> attempt(const SloCommand& command, const Lengths& lengths, const LoadAtRate& load,
                                              const load::SloStep& step) {
  const double window_s = step.confirms ? lengths.repeat_s : lengths.step_s;
  const double warmup_s = step.confirms ? lengths.repeat_warmup_s : lengths.step_warmup_s;
  report::load::SloTrial trial{step, window_s, {}, {}};
  LoadResult loaded;
  try {
    loaded = load(step.rate_rps, warmup_s, window_s);
  } catch (const subjects::Interrupted&) {
    return std::nullopt;
  }
  if (subjects::interrupted) return std::nullopt;  // Half a window proves nothing.
  trial.verdict = load::judge_slo(loaded.row, command.slo, loaded.latency);
  trial.row = std::move(loaded.row);
  return trial;
}

/// Loads until the search is over or the user stops it.
void search(const SloCommand& command, const Lengths& lengths, const LoadAtRate& load, load::SloSearch& search,
            std::vector<report::load::SloTrial>& trials) {
  while (const auto step = search.next()) {
    std::optional<report::load::SloTrial> trial = attempt(command, lengths, load, *step);
    if (!trial) return;
    search.record(trial->verdict);
    fmt::print(stderr, "{}\n", report::load::slo_step_line(*trial));
    trials.push_back(std::move(*trial));
  }
}

void print_report(const report::load::SloReport& report, const std::string& format) {
  fmt::print("{}", format == "json" ? report::load::slo_json(report) + "\n"
                                    : report::load::slo_summary(report, stdout_style()));
  std::fflush(stdout);
}

}  // namespace

int find_slo_rate(const SloCommand& command, const LoadAtRate& load) {
  const Lengths lengths(command);
  load::SloSearchSettings settings;
  settings.floor_rps = std::max(settings.floor_rps, kLeastRequests / lengths.step_s);
  announce_search(command, lengths, settings);
  load::SloSearch rates(settings);
  report::load::SloReport report{
      .subject = command.subject, .slo = command.slo, .estimated_s = lengths.total_s(settings)};
  const auto began = std::chrono::steady_clock::now();
  std::exception_ptr failure;
  try {
    search(command, lengths, load, rates, report.trials);
  } catch (const std::exception&) {
    // The server may have gone away under the load: what it had met until then is worth knowing.
    failure = std::current_exception();
  }
  report.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  report.result = rates.result();
  if (!failure || !report.trials.empty()) print_report(report, command.format);
  if (failure) std::rethrow_exception(failure);
  if (subjects::interrupted) return kInterrupted;
  if (!report.result.conclusive()) return kNoValid;
  if (report.result.last_pass_rps) return kDone;
  return report.result.own_limit ? kNoValid : kNotMet;
}

int judge_load(const LoadResult& loaded, const load::Slo& slo, int status, const std::string& format) {
  const load::SloVerdict verdict = load::judge_slo(loaded.row, slo, loaded.latency);
  // A JSON document must be the only thing on stdout.
  const std::string_view void_reason = verdict.void_reason;
  fmt::print(format == "json" ? stderr : stdout, "  slo         {} {}{}: {}\n", load::to_text(slo),
             verdict.met()         ? "met"
             : void_reason.empty() ? "not met"
                                   : "cannot be told, void: ",
             void_reason, verdict.words);
  if (status != kDone || verdict.met()) return status;
  return void_reason.empty() ? kNotMet : kNoValid;
}

}  // namespace bakeoff::commands
