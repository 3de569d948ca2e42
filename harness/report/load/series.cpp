#include "harness/report/load/series.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bakeoff::report::load {
namespace {

/// Four quarters of a second, added up, may be a little less than one.
constexpr double kSecondTolerance = 1e-6;

}  // namespace

void append(bakeoff::load::LoadInterval& whole, const bakeoff::load::LoadInterval& part) {
  whole.length_s += part.length_s;
  whole.replies += part.replies;
  whole.errors += part.errors;
  whole.cpu_us += part.cpu_us;
  whole.threads = std::max(whole.threads, part.threads);
  whole.total.merge(part.total);
}

LoadSecond LoadSeries::take() {
  LoadSecond second{second_, std::move(sum_)};
  sum_ = {};
  second_ = static_cast<std::uint64_t>(elapsed_s_ + kSecondTolerance);
  return second;
}

std::optional<LoadSecond> LoadSeries::add(const bakeoff::load::LoadInterval& interval) {
  append(sum_, interval);
  elapsed_s_ += interval.length_s;
  if (elapsed_s_ + kSecondTolerance < static_cast<double>(second_ + 1)) return std::nullopt;
  return take();
}

std::optional<LoadSecond> LoadSeries::finish() {
  if (sum_.length_s <= 0) return std::nullopt;
  return take();
}

std::optional<double> generator_cpu_share(const bakeoff::load::LoadInterval& interval, std::size_t cpus) {
  if (interval.threads == 0 || cpus == 0 || interval.length_s <= 0) return std::nullopt;
  return interval.cpu_us / (interval.length_s * 1e6 * static_cast<double>(cpus));
}

std::string series_line(const LoadSecond& second, std::size_t cpus) {
  const bakeoff::load::LoadInterval& seen = second.seen;
  nlohmann::ordered_json line;
  line["second"] = second.second;
  line["replies"] = seen.replies;
  line["rate_rps"] = seen.length_s > 0 ? static_cast<double>(seen.replies) / seen.length_s : 0;
  line["errors"] = seen.errors;
  const stats::LatencySummary latency = seen.total.summary_us();
  if (latency.count > 0) {
    line["p50_us"] = latency.p50;
    line["p90_us"] = latency.p90;
    line["p99_us"] = latency.p99;
    line["p999_us"] = latency.p999;
    line["max_us"] = latency.max;
  }
  if (const auto share = generator_cpu_share(seen, cpus)) line["generator_cpu_share"] = *share;
  return line.dump();
}

std::string series_void_line(const journal::Trial& row) {
  if (row.validity.empty()) return "";
  nlohmann::ordered_json line;
  line["void"] = row.validity;
  return line.dump();
}

}  // namespace bakeoff::report::load
