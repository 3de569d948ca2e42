// What making a unit costs, in the four meanings that texts mix up:
//
//   create_and_join_us    one unit after the other: made, its empty body run, joined or reaped;
//   call_returns_us       the creating call alone, which its caller waits for;
//   first_instruction_us  from before that call to the unit's own first instruction;
//   outstanding_us        N made and then N joined, per unit.
//
// A mechanism adds only how a unit is made and joined:
//
//   void create(std::size_t index, StartReport* report);  // the unit does report_start(report) and nothing else
//   void join(std::size_t index);
//
// with room for as many as the plan has outstanding. What is left of a mechanism that ends early is joined or reaped by
// its destructor. began_on_other_cpu_percent says where units really began, seen by them. What the clock, the loop and
// the calls cost is known from a mechanism that makes nothing, run by the same body, and taken off; a figure that does
// not rise above that is left out.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "models/executors/executor.h"
#include "models/probes/batches.h"
#include "models/probes/parties.h"
#include "models/probes/probe.h"
#include "models/probes/start_report.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {

inline constexpr workloads::SettingEntry kOutstandingSetting{.name = "outstanding",
                                                             .meaning = "units made before the first is joined",
                                                             .default_value = "200",
                                                             .least = 1,
                                                             .most = 10'000};

struct SpawnPlan {
  std::size_t outstanding = 200;
  /// Units made before the first is joined in what is called serial as well: 1, but for pipelines.
  std::size_t pipeline_depth = 1;
};

/// The times of one unit, in ns.
struct SpawnTimes {
  double create_and_join = 0, call_returns = 0, first_instruction = 0;
  double outstanding = 0;   ///< 0 where a limit was met.
  double on_other_cpu = 0;  ///< The share of those asked that began on another CPU than their creator's.
  std::uint64_t units = 0;  ///< All that were made, about.
  std::string limit{};      ///< "" or what kept so many from being outstanding.
};

/// The median over batches of intervals that lie inside the life of a unit. `interval()` measures one, in ns.
template <typename Interval>
double median_interval(const Interval& interval, std::uint64_t batch, std::chrono::nanoseconds time) {
  const auto one_batch = [&] {
    std::int64_t sum = 0;
    for (std::uint64_t i = 0; i < batch; ++i) sum += interval();
    return static_cast<double>(sum) / static_cast<double>(batch);
  };
  return median_of_batches(one_batch, time);
}

/// Makes `count` units and joins them. Where the system refuses one, joins those there are and throws LimitReached.
template <typename Mechanism>
void make_and_join(Mechanism& mechanism, std::size_t count) {
  std::size_t made = 0;
  try {
    for (; made < count; ++made) mechanism.create(made, nullptr);
  } catch (const executors::LimitReached&) {
    for (std::size_t i = 0; i < made; ++i) mechanism.join(i);
    throw;
  }
  for (std::size_t i = 0; i < count; ++i) mechanism.join(i);
}

/// Measures each of the four for this long. The calling thread has been pinned.
template <typename Mechanism>
SpawnTimes time_spawning(Mechanism& mechanism, const SpawnPlan& plan, std::chrono::nanoseconds time) {
  SpawnTimes times;
  const Steps serial = [&](std::uint64_t count) {
    if (plan.pipeline_depth > 1) {
      for (std::uint64_t i = 0; i < count; ++i) make_and_join(mechanism, plan.pipeline_depth);
      return;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      mechanism.create(0, nullptr);
      mechanism.join(0);
    }
  };
  const std::uint64_t batch = steps_per_batch(serial);
  const Sampled lives = sample_batches(serial, batch, time);
  times.create_and_join = lives.median_ns / static_cast<double>(plan.pipeline_depth);

  const auto call = [&] {
    const std::int64_t begin = monotonic_ns();
    mechanism.create(0, nullptr);
    const std::int64_t returned = monotonic_ns();
    mechanism.join(0);
    return returned - begin;
  };
  // Reading the clock takes much longer than the shortest lives.
  constexpr std::uint64_t kMostIntervals = 10'000;
  const std::uint64_t intervals = std::min(batch, kMostIntervals);
  times.call_returns = median_interval(call, intervals, time);

  const SharedArray<StartReport> reports(1);
  StartReport& report = reports[0];
  std::uint64_t asked = 0, on_other_cpu = 0;
  const auto first = [&] {
    const int here = ::sched_getcpu();
    const std::int64_t begin = monotonic_ns();
    mechanism.create(0, &report);
    mechanism.join(0);
    ++asked;
    if (report.cpu != here) ++on_other_cpu;
    return report.at_ns - begin;
  };
  times.first_instruction = median_interval(first, intervals, time);
  times.on_other_cpu = static_cast<double>(on_other_cpu) / static_cast<double>(asked);
  times.units = (lives.steps + batch) * plan.pipeline_depth + 2 * asked;

  try {
    const Steps rounds = [&](std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i) make_and_join(mechanism, plan.outstanding);
    };
    const Sampled all = sample_batches(rounds, steps_per_batch(rounds), time);
    times.outstanding = all.median_ns / static_cast<double>(plan.outstanding);
    times.units += all.steps * plan.outstanding;
  } catch (const executors::LimitReached& limit) {
    times.limit = limit.what();
  }
  return times;
}

/// The figures of what was timed, with what the body itself costs taken off.
ProbeResult spawn_result(const SpawnTimes& times, const SpawnPlan& plan);

/// The whole probe.
template <typename Mechanism>
ProbeResult measure_spawning(Mechanism& mechanism, const SpawnPlan& plan) {
  constexpr std::chrono::milliseconds kEach{200};
  return spawn_result(time_spawning(mechanism, plan, kEach), plan);
}

}  // namespace bakeoff::models::probes
