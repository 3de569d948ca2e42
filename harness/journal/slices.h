// What follows from the slices of a row. Pure.
#pragma once

#include "harness/journal/trial.h"

namespace bakeoff::journal {

/// From this share of one CPU on, what a subject uses while nobody asks it is charged to its requests.
inline constexpr double kChargedAtRest = 0.02;

/// The CPU time that is charged to the requests of the row beside that of its slices; 0 for a row without slices.
inline double charged_at_rest_us(const SubjectRow& cost) {
  return cost.cpu_at_rest_share.value_or(0) >= kChargedAtRest ? cost.cpu_at_rest_us.value_or(0) : 0;
}

/// Whether more than half of the slices were disturbed (experiment/slices.h marks them). The rest would say too little,
/// so all slices count: CPU per request tolerates that noise, and throughput and latency are void (validity).
inline bool too_few_slices(const Trial& trial) {
  std::size_t left_out = 0;
  for (const SliceFacts& slice : trial.slices) left_out += slice.left_out;
  return 2 * left_out > trial.slices.size();
}

/// Whether this slice is part of the row's figures.
inline bool counts(const Trial& trial, const SliceFacts& slice) {
  return !slice.left_out || too_few_slices(trial);
}

/// The slices that count, and their share of all; 1 for a row without slices.
inline std::size_t kept_slices(const Trial& trial) {
  std::size_t kept = 0;
  for (const SliceFacts& slice : trial.slices) kept += counts(trial, slice);
  return kept;
}
inline double kept_share(const Trial& trial) {
  return trial.slices.empty() ? 1 : static_cast<double>(kept_slices(trial)) / static_cast<double>(trial.slices.size());
}

}  // namespace bakeoff::journal
