// The points of a sweep that have rows, in order, and the values of a subject at them. For the tables about a sweep.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/journal/manifest.h"
#include "harness/report/grid.h"

namespace bakeoff::report {

/// One point that has rows.
struct GridAt {
  double at = 0;
  const Grid* grid = nullptr;
};

/// From the lowest to the highest. The grids outlive them.
std::vector<GridAt> measured_points(const journal::SweepFacts& sweep, std::span<const Grid> grids);

/// What is swept, as a noun: "from 16 connections on".
std::string noun_of(const std::string& key);

/// The subjects of all of these, each once.
std::vector<std::string> subjects_of(std::span<const GridAt> points);

/// The valid values by the number of the block, so that points whose blocks are not the same are still paired.
stats::Series by_block(const Grid& grid, const std::string& subject, const Figure& figure);

}  // namespace bakeoff::report
