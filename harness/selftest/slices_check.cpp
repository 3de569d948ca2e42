#include "harness/selftest/slices_check.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <stdexcept>

#include "harness/stats/summary.h"

namespace bakeoff::selftest {
namespace {

const char* const kSlicedModel = "event-loop";
const char* const kNames[]{"one", "other"};
constexpr double kProbeS = 0.005;  ///< How short a slice is that looks at one moment.

SlicesExperiment slices_experiment(const subjects::Inventory& inventory, std::vector<experiment::SliceShape> shapes) {
  const subjects::Subject* model = inventory.find(kSlicedModel);
  if (model == nullptr) throw std::runtime_error(std::string("selftest: no model ") + kSlicedModel);
  SlicesExperiment slices{.experiment = {}, .shapes = std::move(shapes)};
  experiment::TableSpec table;
  table.name = table.work = "counter";
  table.load.connections = 32;
  table.warmup_s = 0.2;
  slices.experiment.spec.name = "slices";
  slices.experiment.spec.blocks = 1;
  slices.experiment.spec.tables = {table};
  for (const char* name : kNames) {
    slices.experiment.spec.subjects.emplace_back(name);
    slices.experiment.subjects.push_back(renamed_subject(*model, name));
  }
  return slices;
}

/// CPU per request of each slice, by its round.
std::vector<std::optional<double>> costs_of(const std::vector<journal::Trial>& rows, const char* subject) {
  std::vector<std::optional<double>> costs;
  for (const journal::Trial& row : rows) {
    if (row.subject != subject) continue;
    for (const journal::SliceFacts& slice : row.slices) {
      costs.resize(std::max<std::size_t>(costs.size(), slice.round + 1));
      if (slice.left_out) continue;
      if (slice.cpu_us && slice.replies != 0) costs[slice.round] = *slice.cpu_us / static_cast<double>(slice.replies);
    }
  }
  return costs;
}

/// A line for all shapes; `value` makes one of the rounds that have a shape, or nothing.
template <typename Value>
Judgement shown(const char* name, const char* expected, std::span<const experiment::SliceShape> shapes,
                double experiment::SliceShape::*by, const std::vector<journal::Trial>& rows, Value value) {
  const auto one = costs_of(rows, kNames[0]), other = costs_of(rows, kNames[1]);
  CheckFinding finding{.name = name, .expected = expected, .verdict = CheckVerdict::shown};
  Judgement judgement;
  for (std::size_t shape = 0; shape < shapes.size(); ++shape) {
    const std::optional<double> share = value(one, other, shape);
    if (!share) {
      judgement.void_reason = "a subject could not be measured in all its slices";
      break;
    }
    const double ms = shapes[shape].*by * 1000;
    finding.measured += fmt::format("{}{:.3g} ms {:.1f} %", shape == 0 ? "" : ", ", ms, *share * 100);
    finding.figures[fmt::format("{:.3g} ms", ms)] = *share;
  }
  judgement.findings.push_back(std::move(finding));
  return judgement;
}

}  // namespace

SlicesExperiment lengths_experiment(const subjects::Inventory& inventory) {
  return slices_experiment(inventory, {{.length_s = 0.01}, {.length_s = 0.03}, {.length_s = 0.1}, {.length_s = 0.2}});
}

SlicesExperiment cold_experiment(const subjects::Inventory& inventory) {
  std::vector<experiment::SliceShape> shapes;
  for (const double cold_s : {0.0, 0.002, 0.005, 0.01, 0.05}) {
    shapes.push_back({.cold_s = cold_s, .length_s = kProbeS});
  }
  return slices_experiment(inventory, std::move(shapes));
}

Judgement judge_lengths(std::span<const experiment::SliceShape> shapes, const std::vector<journal::Trial>& rows) {
  return shown("slice length", "a ratio varies by", shapes, &experiment::SliceShape::length_s, rows,
               [&](const auto& one, const auto& other, std::size_t shape) {
                 std::vector<double> ratios;
                 for (std::size_t round = shape; round < std::min(one.size(), other.size()); round += shapes.size()) {
                   if (one[round] && other[round]) ratios.push_back(std::log(*one[round] / *other[round]));
                 }
                 return stats::robust_sigma(ratios);
               });
}

Judgement judge_cold(std::span<const experiment::SliceShape> shapes, const std::vector<journal::Trial>& rows) {
  const auto middle_cost = [&](const auto& costs, std::size_t shape) {
    std::vector<double> of_shape;
    for (std::size_t round = shape; round < costs.size(); round += shapes.size()) {
      if (costs[round]) of_shape.push_back(*costs[round]);
    }
    return stats::median(of_shape);
  };
  return shown("slice beginning", "after it, dearer by", shapes, &experiment::SliceShape::cold_s, rows,
               [&](const auto& one, const auto& other, std::size_t shape) -> std::optional<double> {
                 double share = 0;
                 for (const auto* costs : {&one, &other}) {
                   const auto now = middle_cost(*costs, shape), warm = middle_cost(*costs, shapes.size() - 1);
                   if (!now || !warm) return std::nullopt;
                   share += (*now / *warm - 1) / 2;
                 }
                 return share;
               });
}

}  // namespace bakeoff::selftest
