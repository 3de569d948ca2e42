#include "harness/measure/cpu_quota.h"

#include <algorithm>
#include <set>
#include <string>

#include "harness/measure/cgroup.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMax = "cpu.max";               // v2: "40000 100000", "max 100000".
constexpr const char* kQuota = "cpu.cfs_quota_us";    // v1: -1 for none.
constexpr const char* kPeriod = "cpu.cfs_period_us";  // v1.
constexpr const char* kCpuStat = "cpu.stat";

/// nullopt for "max" and -1.
std::optional<double> cpus_of(std::string_view quota_us, std::string_view period_us) {
  const auto quota = parse_number<double>(quota_us), period = parse_number<double>(period_us);
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

bool has_quota_files(const fs::path& cgroup) {
  std::error_code failed;
  return fs::exists(cgroup / kMax, failed) || fs::exists(cgroup / kQuota, failed);
}

template <typename Number>
Number growth(Number before, Number after) {
  return after > before ? after - before : Number{};
}

}  // namespace

QuotaChain quota_chain(const fs::path& root, std::string_view mountinfo, std::string_view cgroup) {
  QuotaChain chain;
  for (const char* const controller : {"cpu", ""}) {
    const bool unified = *controller == '\0';
    if (!unified && own_cgroup_directory(mountinfo, cgroup, controller)) chain.visible = true;
    for (const fs::path& here : cgroups_above(root, mountinfo, cgroup, controller)) {
      const auto controllers = unified ? read_text(here / "cgroup.controllers") : std::nullopt;
      if (controllers && has_word(*controllers, "cpu")) chain.visible = true;
      if (has_quota_files(here)) chain.cgroups.push_back(here);
    }
  }
  return chain;
}

std::optional<QuotaReading> read_quota(const fs::path& cgroup) {
  QuotaReading reading;
  const auto max = read_text(cgroup / kMax);
  const auto quota = max ? std::nullopt : read_text(cgroup / kQuota);
  if (!max && !quota) return std::nullopt;
  if (max) {
    std::string_view words = *max;
    const auto quota_us = take_word(words);
    reading.cpus = cpus_of(quota_us, take_word(words));
  } else {
    reading.cpus = cpus_of(*quota, read_text(cgroup / kPeriod).value_or(""));
  }
  const std::string stat = read_text(cgroup / kCpuStat).value_or("");
  const auto number = [&](std::string_view key) {
    return parse_number<std::uint64_t>(value_of(stat, key).value_or("")).value_or(0);
  };
  reading.periods = number("nr_periods");
  reading.throttled_periods = number("nr_throttled");
  // v1 gives nanoseconds.
  reading.throttled_us =
      max ? static_cast<double>(number("throttled_usec")) : static_cast<double>(number("throttled_time")) / 1e3;
  return reading;
}

std::optional<double> tightest_quota(const QuotaChain& chain) {
  std::optional<double> tightest;
  for (const fs::path& cgroup : chain.cgroups) {
    const auto reading = read_quota(cgroup);
    if (reading && reading->cpus) tightest = std::min(tightest.value_or(*reading->cpus), *reading->cpus);
  }
  return tightest;
}

std::optional<CpuQuota> quota_between(std::span<const std::optional<QuotaReading>> before,
                                      std::span<const std::optional<QuotaReading>> after) {
  std::optional<CpuQuota> all;
  double account_of = 0;  // The quota whose periods `all` has.
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (!before[i] || !after[i]) continue;
    // One that was set or lifted meanwhile has bound a part of the window.
    const auto cpus = before[i]->cpus && after[i]->cpus ? std::min(before[i]->cpus, after[i]->cpus)
                      : before[i]->cpus                 ? before[i]->cpus
                                                        : after[i]->cpus;
    if (!cpus) continue;
    const double throttled_us = growth(before[i]->throttled_us, after[i]->throttled_us);
    const bool first = !all;
    if (first) all = CpuQuota{.cpus = *cpus};
    all->cpus = std::min(all->cpus, *cpus);
    const bool held_up_longer = throttled_us > all->throttled_us;
    const bool tighter = throttled_us == all->throttled_us && *cpus < account_of;
    if (!first && !held_up_longer && !tighter) continue;
    account_of = *cpus;
    all->periods = growth(before[i]->periods, after[i]->periods);
    all->throttled_periods = growth(before[i]->throttled_periods, after[i]->throttled_periods);
    all->throttled_us = throttled_us;
  }
  return all;
}

QuotaWatch::QuotaWatch(const std::vector<pid_t>& pids) {
  const std::string mountinfo = read_text("/proc/self/mountinfo").value_or("");
  std::set<std::string> seen;  // Most processes of a tree are in one cgroup.
  for (const pid_t pid : pids) {
    const std::string cgroup = read_text("/proc/" + std::to_string(pid) + "/cgroup").value_or("");
    if (!seen.insert(cgroup).second) continue;
    for (const fs::path& one : quota_chain("/", mountinfo, cgroup).cgroups) {
      if (std::find(cgroups_.begin(), cgroups_.end(), one) == cgroups_.end()) cgroups_.push_back(one);
    }
  }
}

std::vector<std::optional<QuotaReading>> QuotaWatch::read() const {
  std::vector<std::optional<QuotaReading>> readings;
  readings.reserve(cgroups_.size());
  for (const fs::path& cgroup : cgroups_) readings.push_back(read_quota(cgroup));
  return readings;
}

}  // namespace bakeoff::measure
