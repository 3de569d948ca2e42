#include "harness/decide/arithmetic.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "harness/report/number_format.h"

namespace bakeoff::decide {
namespace {

/// Which share of the requests a limit lets through below it.
double share_below(const load::Slo& slo) {
  static const std::map<std::string, double> shares{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};
  const auto found = shares.find(slo.figure);
  return found == shares.end() ? 0 : found->second;
}

/// The share of the requests that take longer than that by what they do alone.
double share_above(const RequestMix& mix, double us) {
  double share = 0;
  for (const RequestClass& one : mix) {
    if (one.time_us == 0) continue;
    share += one.share * (one.exponential ? std::exp(-us / one.time_us) : us < one.time_us ? 1.0 : 0.0);
  }
  return share;
}

/// The time that more than `allowed` of the requests reach in any model.
double least_latency_us(const RequestMix& mix, double allowed) {
  double low = 0, high = 1e9;
  if (share_above(mix, low) <= allowed) return 0;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (share_above(mix, middle) > allowed ? low : high) = middle;
  }
  return high;
}

}  // namespace

Demand demand_of(const Profile& profile) {
  Demand demand{.cpus = profile.rate_rps * work_us_per_request(profile.mix) / 1e6};
  if (!profile.slo) return demand;
  const double share = share_below(*profile.slo);
  if (share > 0) demand.least_latency_us = least_latency_us(profile.mix, 1 - share);
  return demand;
}

std::string contradiction(const Profile& profile, std::uint64_t cpus) {
  const Demand demand = demand_of(profile);
  if (demand.cpus > static_cast<double>(cpus)) {
    const RequestClass& work = *class_of(profile.mix, RequestKind::work);
    return fmt::format(
        "{:.6g} requests per second x {:.4g} % x {} of work keep {:.3g} CPUs busy, before anything else is done, and "
        "the service has {}",
        profile.rate_rps, work.share * 100, report::format_latency(work.time_us), demand.cpus, cpus);
  }
  if (profile.slo && demand.least_latency_us > profile.slo->limit_us * 1.0001) {
    return fmt::format("{}: but so many requests wait or compute that the {} is {} at the least",
                       load::to_text(*profile.slo), profile.slo->figure,
                       report::format_latency(demand.least_latency_us));
  }
  if (profile.isolation && profile.shared_state) {
    return "isolation needs a process for each connection, shared state needs one process for all: no candidate has "
           "both";
  }
  return "";
}

}  // namespace bakeoff::decide
