#include "harness/report/caption.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/journal/slices.h"
#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

// "CPU 0", "CPUs 0-3,6"; "" for none.
std::string cpu_list(std::vector<int> cpus) {
  if (cpus.empty()) return "";
  std::sort(cpus.begin(), cpus.end());
  std::string list;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    list += (list.empty() ? "" : ",") + std::to_string(cpus[i]);
    if (last > i) list += (last == i + 1 ? "," : "-") + std::to_string(cpus[last]);
    i = last + 1;
  }
  return (cpus.size() == 1 ? "CPU " : "CPUs ") + list;
}

std::string first_day(const Grid& grid) {
  std::string day;
  for (const GridRow& row : grid.rows) {
    for (const journal::Trial* trial : row.trials) {
      constexpr std::size_t kDayLength = 10;  // "2026-11-21"
      if (trial == nullptr || trial->started_at.size() < kDayLength) continue;
      const std::string other = trial->started_at.substr(0, kDayLength);
      if (day.empty() || other < day) day = other;
    }
  }
  return day;
}

// "open loop, 5000/s Poisson, 1000 idle beside it"
std::string arrival_of(const journal::LoadShape& load) {
  std::string text = load.is_open() ? "open loop" : "closed loop";
  if (load.rate_rps > 0) text += fmt::format(", {}/s", load.rate_rps);
  if (load.ramp_to_rps > 0) text += fmt::format(" to {}/s", load.ramp_to_rps);
  if (load.is_open() && load.poisson) text += " Poisson";
  if (load.pipeline > 1) text += ", pipeline " + std::to_string(load.pipeline);
  if (load.has_sessions()) text += fmt::format(", in sessions of {} requests", load.session_requests);
  if (!load.think_us.empty()) text += fmt::format(", users who think {} us", load.think_us);
  if (load.churn) text += ", one connection per request";
  std::string beside;
  const auto add = [&](const std::string& who) { beside += (beside.empty() ? ", " : " and ") + who; };
  if (load.idle > 0) add(std::to_string(load.idle) + (load.idle_asks ? " served and idle" : " idle"));
  if (load.slow_senders > 0) add(counted(load.slow_senders, "slow sender"));
  if (load.slow_readers > 0) add(counted(load.slow_readers, "slow reader"));
  return beside.empty() ? text : text + beside + " beside it";
}

// "1000 files (fixed:51200), all in the page cache"
std::string files_in_words(const journal::FilesFacts& files) {
  const std::string state = files.page_cache == "warm"   ? "all in the page cache"
                            : files.page_cache == "cold" ? "none in the page cache at first"
                                                         : "the page cache within the memory limit";
  return fmt::format("{} ({}), {}", counted(files.count, "file"), files.bytes, state);
}

// "back end postgres on the load's CPUs, 8 pooled connections"; "our own back end, which waits 500 us, ..."
std::string back_end_in_words(const journal::BackEndFacts& back_end) {
  const std::string who = back_end.delay_us ? fmt::format("our own back end, which waits {} us,", *back_end.delay_us)
                                            : fmt::format("back end {}", back_end.name);
  return fmt::format("{} on the load's CPUs, {}", who, counted(back_end.pool, "pooled connection"));
}

// " · 1000 jobs, 500/s Poisson · acknowledged after the work · a worker is killed"
std::string queue_in_words(const journal::QueueParams& queue) {
  std::string text = " · " + counted(queue.jobs, "job");
  text += queue.rate_rps > 0 ? fmt::format(", {}/s{}", queue.rate_rps, queue.poisson ? " Poisson" : "")
                             : std::string(", all there at the beginning");
  text += fmt::format(" · acknowledged {} the work", queue.acknowledge);
  return queue.kill == "none" ? text : text + fmt::format(" · a {} is killed", queue.kill);
}

std::string work(const journal::Trial& trial) {
  const journal::Params& params = trial.params;
  std::string text;
  const auto add = [&](const std::string& part) { text += " · " + part; };
  if (params.kind != journal::TrialKind::served) {
    if (params.job_size) add("size " + format_number(static_cast<double>(*params.job_size)));
    if (params.units) add(counted(*params.units, params.queue ? "worker" : "unit"));
    if (params.kind == journal::TrialKind::startup && params.rest_s) {
      add(fmt::format("started, asked once, idle for {:g} s", *params.rest_s));
    }
    return params.queue ? text + queue_in_words(*params.queue) : text;
  }
  const journal::LoadShape& load = params.load;
  if (!load.request.empty()) add(load.request);
  if (params.transport == journal::Transport::unix_socket) add("over a Unix socket");
  if (params.files) add(files_in_words(*params.files));
  if (params.back_end) add(back_end_in_words(*params.back_end));
  if (params.memory_mib) add(fmt::format("at most {} MiB of memory", *params.memory_mib));
  if (params.heap_mib) add(fmt::format("a heap of at most {} MiB", *params.heap_mib));
  if (params.p99_limit_ms) add(fmt::format("served with p99 up to {} ms", *params.p99_limit_ms));
  if (params.rest_s) add(fmt::format("memory also after a rest of {:g} s", *params.rest_s));
  if (load.message_bytes != 0) add(std::to_string(load.message_bytes) + "-byte messages");
  const std::string arrival = arrival_of(load);
  add(load.connections != 0 ? counted(load.connections, "connection") + ", " + arrival : arrival);
  if (params.units) add(counted(*params.units, "unit"));
  return text;
}

}  // namespace

std::string setting_in_words(const journal::Trial& trial) {
  return (trial.table == trial.workload ? trial.table : trial.table + ": " + trial.workload) + work(trial);
}

std::string setting(const Grid& grid, const std::string& table) {
  const journal::Trial* example = example_trial(grid);
  if (example == nullptr) return table;
  journal::Trial trial = *example;
  // What subjects differ in is not a setting of the table: "thread:units=2" and "thread:units=4".
  for (const GridRow& row : grid.rows) {
    for (const journal::Trial* other : row.trials) {
      if (other != nullptr && other->params.units != example->params.units) trial.params.units.reset();
    }
  }
  return table == trial.table ? setting_in_words(trial) : table + ": " + trial.workload + work(trial);
}

std::string extent(const Grid& grid) {
  const journal::Trial* trial = example_trial(grid);
  std::string text = counted(grid.blocks.size(), "block");
  if (trial != nullptr && trial->client && trial->client->window_s > 0) {
    text += fmt::format(" of {:.3g} s", trial->client->window_s / journal::kept_share(*trial));
  }
  return text;
}

std::string way_of_measuring(const Grid& grid) {
  if (grid.is_job || grid.is_queue || grid.rows.size() < 2) return "";
  const journal::Trial* sliced = nullptr;
  std::string why;
  std::set<int> blocks_in_slices;
  for (const GridRow& row : grid.rows) {
    for (const journal::Trial* trial : row.trials) {
      if (trial == nullptr) continue;
      if (!trial->slices.empty()) {
        blocks_in_slices.insert(trial->block);
        if (sliced == nullptr || trial->slices.size() > sliced->slices.size()) sliced = trial;
      } else if (why.empty()) {
        why = trial->one_by_one;
      }
    }
  }
  const std::string apart = why.empty() ? "" : "one after the other: " + why;
  if (sliced == nullptr) return apart;
  const std::string slices = fmt::format("in {} of {:.3g} ms", counted(sliced->slices.size(), "alternating slice"),
                                         sliced->slices.front().window_s * 1000);
  if (blocks_in_slices.size() == grid.blocks.size() || apart.empty()) return slices;
  return fmt::format("{} of them {}, the others {}", blocks_in_slices.size(), slices, apart);
}

std::string caption(const Grid& grid, const std::string& table, const std::string& intervals) {
  const journal::Trial* trial = example_trial(grid);
  if (trial == nullptr) return table;
  std::string text = setting(grid, table) + " · " + extent(grid);
  if (const std::string way = way_of_measuring(grid); !way.empty()) text += " · " + way;
  const std::string subject_cpus = cpu_list(trial->subject_cpus);
  const std::string load_cpus = cpu_list(trial->load_cpus);
  if (!subject_cpus.empty() && subject_cpus == load_cpus && !grid.is_job) {
    text += fmt::format(" · subject and {} on the same {}", grid.is_queue ? "queue" : "load", subject_cpus);
  } else if (!subject_cpus.empty()) {
    text += " · subject on " + subject_cpus;
    if (!load_cpus.empty() && !grid.is_job) text += (grid.is_queue ? ", queue on " : ", load on ") + load_cpus;
  }
  if (!intervals.empty() && stats::median_interval_ranks(grid.blocks.size(), stats::kConfidenceLevel))
    text += " · " + intervals;
  const std::string day = first_day(grid);
  if (!day.empty()) text += " · " + day;
  return text;
}

std::string marks_legend(const Table& table, const Marks& marks) {
  bool best = false;
  bool tied = false;
  bool struck = false;
  for (const TableRow& row : table.rows) {
    for (const Cell& cell : row.cells) {
      best = best || cell.best;
      tied = tied || cell.tied;
      struck = struck || !cell.struck_reason.empty();
    }
  }
  std::string text = table.legend;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " · ") + part; };
  if (tied) add(table.baseline.empty() ? "= the interval contains 1" : "= not told apart from " + table.baseline);
  if (best) add(marks.best + " the best, or not told apart from it");
  if (struck) add(marks.struck + " void, the reason is below");
  return text;
}

}  // namespace bakeoff::report
