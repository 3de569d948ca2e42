// Shown, and nothing to pass: what the slices of a block follow from on this machine
// (harness/experiment/slices.h). One model under two names alternates in slices of different lengths: how much
// their ratio varies from round to round says how long a slice should be. Short slices after more and more load that is
// not counted say how long a subject is dearer because the other one was on its CPU.
#pragma once

#include <span>
#include <vector>

#include "harness/experiment/slices.h"
#include "harness/selftest/experiment.h"
#include "harness/selftest/judgement.h"

namespace bakeoff::selftest {

/// One block of one table, and the shapes of its rounds, which come again and again.
struct SlicesExperiment {
  Experiment experiment;
  std::vector<experiment::SliceShape> shapes;
};

/// Slices of different lengths; the usual cold part.
SlicesExperiment lengths_experiment(const subjects::Inventory& inventory);
/// Short slices behind a cold part of different lengths.
SlicesExperiment cold_experiment(const subjects::Inventory& inventory);

inline constexpr std::size_t kLengthCycles = 8, kColdCycles = 25;

/// `rows` of the two subjects, whose rounds have the shapes in turn. Void where a subject has no slices.
Judgement judge_lengths(std::span<const experiment::SliceShape> shapes, const std::vector<journal::Trial>& rows);
Judgement judge_cold(std::span<const experiment::SliceShape> shapes, const std::vector<journal::Trial>& rows);

}  // namespace bakeoff::selftest
