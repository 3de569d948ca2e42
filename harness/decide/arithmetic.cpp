#include "harness/decide/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/report/number_format.h"

namespace bakeoff::decide {
namespace {

/// Which share of the requests a limit lets through below it.
double share_below(const load::Slo& slo) {
  static const std::map<std::string, double> shares{
      {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}};
  const auto found = shares.find(slo.figure);
  return found == shares.end() ? 0 : found->second;
}

/// What a request of the class takes by what it does alone.
double time_us(const Profile& profile, const RequestClass& one) {
  if (one.kind == RequestKind::call) return profile.back_end_delay_us * static_cast<double>(one.calls);
  return one.time_us;
}

/// The share of the requests that take longer than that.
double share_above(const Profile& profile, double us) {
  double share = 0;
  for (const RequestClass& one : profile.mix) {
    const double takes_us = time_us(profile, one);
    if (takes_us == 0) continue;
    share += one.share * (one.exponential ? std::exp(-us / takes_us) : us < takes_us ? 1.0 : 0.0);
  }
  return share;
}

/// The time that more than `allowed` of the requests reach in any model.
double least_latency_us(const Profile& profile, double allowed) {
  double low = 0, high = 1e9;
  if (share_above(profile, low) <= allowed) return 0;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (share_above(profile, middle) > allowed ? low : high) = middle;
  }
  return high;
}

double mean_us(const Profile& profile) {
  double mean = 0;
  for (const RequestClass& one : profile.mix) mean += one.share * time_us(profile, one);
  return mean;
}

}  // namespace

Demand demand_of(const Profile& profile) {
  Demand demand{.cpus = profile.rate_rps * work_us_per_request(profile.mix) / 1e6,
                .connections = profile.rate_rps * mean_us(profile) / 1e6};
  if (!profile.slo) return demand;
  const double share = share_below(*profile.slo);
  if (profile.slo->figure == "mean") demand.least_latency_us = mean_us(profile);
  // The longest of exponential waits depends on how many there are.
  const bool open_end = std::ranges::any_of(profile.mix, &RequestClass::exponential);
  if (share > 0 && !(share == 1 && open_end)) demand.least_latency_us = least_latency_us(profile, 1 - share);
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
    return fmt::format("the limit is {}, and so many requests wait or compute that the {} is at least {}",
                       load::to_text(*profile.slo), profile.slo->figure,
                       report::format_latency(demand.least_latency_us));
  }
  if (demand.connections > static_cast<double>(profile.connections)) {
    return fmt::format(
        "{:.6g} requests per second that take {} in the mean keep {:.4g} connections busy, and the profile has {}",
        profile.rate_rps, report::format_latency(mean_us(profile)), demand.connections, profile.connections);
  }
  if (profile.isolation && profile.shared_state) {
    return "isolation needs a process for each connection, shared state needs one process for all: no candidate has "
           "both";
  }
  return "";
}

}  // namespace bakeoff::decide
