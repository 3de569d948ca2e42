#include "harness/validity/clocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bakeoff::validity {
namespace {

constexpr double kClockTolerance = 0.01;         ///< Clocks are adjusted while they run.
constexpr double kReadingNs = 1e6;               ///< Between the reading of a clock and what it is read for.
constexpr double kLeastShareOfLife = 1.0 / 500;  ///< A unit that is wrong is wrong by a thousand.
constexpr double kMostOtherNs = 5e9;             ///< For starting, compiling and checking, beside the job.
constexpr double kWaitsOverLatency = 10;         ///< A cold program's waits were longer than the window's.

/// What one of the job's size takes at the very least, on one CPU.
struct LeastTime {
  std::string_view job;
  double ns = 0;         ///< Of one of the size.
  bool by_unit = false;  ///< The size is that of each unit.
  bool in_one = false;   ///< However many CPUs there are.
};
constexpr double kMib = 1024 * 1024;
// sha256: 4 bytes per ns. image: a picture of 256 x 256, 8 pixels per ns. A unit, and a message, take some
// instructions.
constexpr std::array<LeastTime, 6> kLeastTimes{{{"sleepers", 1e6, false, true},
                                                {"sha256", kMib / 4, false, false},
                                                {"image", 256 * 256 / 8.0, false, false},
                                                {"spawn", 1, true, false},
                                                {"skynet", 1, true, false},
                                                {"ping-pong", 2, false, true}}};

double least_ns(const journal::Trial& trial) {
  const auto known = std::ranges::find(kLeastTimes, trial.workload, &LeastTime::job);
  if (known == kLeastTimes.end() || !trial.params.job_size) return 0;
  const double cpus = static_cast<double>(std::max<std::size_t>(1, trial.subject_cpus.size()));
  const double units = static_cast<double>(trial.params.units.value_or(1));
  const double work_ns = known->ns * static_cast<double>(*trial.params.job_size) * (known->by_unit ? units : 1);
  return known->in_one ? work_ns : work_ns / cpus;
}

std::string why_of_job(const journal::Trial& trial) {
  const double elapsed_ns = static_cast<double>(trial.job->elapsed_ns);
  const double lived_ns = static_cast<double>(trial.job->lived_ns.value_or(0));
  const auto said = [&] { return fmt::format("its clock: elapsed_ns says {:.6g} ms", elapsed_ns / 1e6); };
  if (lived_ns > 0 && elapsed_ns > lived_ns * (1 + kClockTolerance) + kReadingNs) {
    return fmt::format("{}, and the program lived for {:.6g} ms", said(), lived_ns / 1e6);
  }
  if (const double least = least_ns(trial); elapsed_ns < least * (1 - kClockTolerance)) {
    return fmt::format("{}, and the job takes {:.6g} ms at the least", said(), least / 1e6);
  }
  if (lived_ns - elapsed_ns > kMostOtherNs && elapsed_ns < lived_ns * kLeastShareOfLife) {
    return fmt::format("{}, a small part of the {:.6g} ms that the program lived", said(), lived_ns / 1e6);
  }
  return "";
}

std::string why_of_receipt(const journal::Trial& trial) {
  if (!trial.server_receipt || !trial.server_receipt->call_wait_us || !trial.client) return "";
  const auto total = trial.client->latency_us.find("total");
  const double requests = static_cast<double>(trial.server_receipt->requests.value_or(0));
  if (total == trial.client->latency_us.end() || total->second.count == 0 || requests == 0) return "";
  const double calls = static_cast<double>(trial.server_receipt->calls.value_or(0));
  const double all_us = requests * total->second.mean * std::max(1.0, calls / requests);
  if (*trial.server_receipt->call_wait_us <= kWaitsOverLatency * all_us) return "";
  return fmt::format("its clock: call_wait_us says {:.6g} s of waiting, in requests that took {:.6g} s together",
                     *trial.server_receipt->call_wait_us / 1e6, all_us / 1e6);
}

}  // namespace

std::string why_clock_is_wrong(const journal::Trial& trial) {
  if (trial.params.kind == journal::TrialKind::probe) return "";
  return trial.job ? why_of_job(trial) : why_of_receipt(trial);
}

}  // namespace bakeoff::validity
