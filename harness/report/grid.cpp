#include "harness/report/grid.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "harness/journal/slices.h"
#include "harness/report/queue_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {

namespace {

/// How much of a trial may not be believed.
std::size_t void_metrics(const journal::Trial& trial) {
  const bool measured = journal::has_figures(trial);
  return !measured || trial.validity.contains(std::string(validity::metric::kEverything)) ? SIZE_MAX
                                                                                          : trial.validity.size();
}

bool counts_more(const journal::Trial& trial, const journal::Trial& other) {
  const std::size_t own = void_metrics(trial), others = void_metrics(other);
  return own < others || (own == others && trial.attempt >= other.attempt);
}

}  // namespace

std::vector<const journal::Trial*> trials_of_table(std::span<const journal::Trial> trials, const std::string& table) {
  std::vector<const journal::Trial*> chosen;
  for (const journal::Trial& trial : trials) {
    if (trial.table != table) continue;
    if (chosen.empty() || load_word(chosen.front()->params) == load_word(trial.params)) chosen.push_back(&trial);
  }
  return chosen;
}

Grid make_grid(std::span<const journal::Trial* const> trials, std::span<const std::string> subject_order) {
  Grid grid;
  if (!trials.empty()) grid.table = trials.front()->table;
  struct Place {
    const journal::Trial* trial = nullptr;
    std::size_t attempts = 0;
    bool with_its_block = false;  // It was run once more though it was not noisy itself.
    bool always_noisy = true;
  };
  std::map<std::string, std::map<int, Place>> places;
  std::vector<std::string> seen;
  for (const journal::Trial* trial : trials) {
    auto& row = places[trial->subject];
    if (row.empty()) seen.push_back(trial->subject);
    Place& place = row[trial->block];
    ++place.attempts;
    if (trial->attempt == 1) place.with_its_block = !trial->slices.empty() && !validity::is_noisy(*trial);
    place.always_noisy = place.always_noisy && validity::is_noisy(*trial);
    if (place.trial == nullptr || counts_more(*trial, *place.trial)) place.trial = trial;
    grid.blocks.push_back(trial->block);
    grid.is_queue = grid.is_queue || trial->params.kind == journal::TrialKind::queue;
    grid.is_job = grid.is_job || (trial->params.kind != journal::TrialKind::served && !grid.is_queue);
  }
  std::sort(grid.blocks.begin(), grid.blocks.end());
  grid.blocks.erase(std::unique(grid.blocks.begin(), grid.blocks.end()), grid.blocks.end());

  std::vector<std::string> order;
  const auto add = [&](const std::string& subject) {
    if (std::find(order.begin(), order.end(), subject) == order.end()) order.push_back(subject);
  };
  for (const std::string& subject : subject_order) {
    if (places.contains(subject)) add(subject);
  }
  for (const std::string& subject : seen) add(subject);
  for (const std::string& subject : order) {
    GridRow row{.subject = subject, .trials = {}};
    for (const int block : grid.blocks) {
      const auto found = places[subject].find(block);
      row.trials.push_back(found == places[subject].end() ? nullptr : found->second.trial);
      if (found == places[subject].end() || found->second.attempts < 2 || found->second.with_its_block) continue;
      ++grid.repeated;
      if (found->second.always_noisy) ++grid.still_noisy;
    }
    grid.rows.push_back(std::move(row));
  }
  std::vector<const journal::Trial*> in_order;
  for (const GridRow& row : grid.rows) {
    std::copy_if(row.trials.begin(), row.trials.end(), std::back_inserter(in_order),
                 [](const journal::Trial* trial) { return trial != nullptr; });
  }
  grid.figures = grid.is_queue ? queue_figures(in_order)
                 : grid.is_job ? job_figures(in_order)
                               : server_figures(in_order);
  return grid;
}

const GridRow* find_row(const Grid& grid, const std::string& subject) {
  const auto found =
      std::find_if(grid.rows.begin(), grid.rows.end(), [&](const GridRow& row) { return row.subject == subject; });
  return found == grid.rows.end() ? nullptr : &*found;
}

bool gives_numbers(const journal::Trial& trial) {
  if (trial.outcome == journal::Outcome::limit) return trial.job.has_value();
  return trial.outcome != journal::Outcome::died && trial.outcome != journal::Outcome::not_run;
}

const journal::Trial* example_trial(const Grid& grid) {
  const journal::Trial* any = nullptr;
  for (const GridRow& row : grid.rows) {
    for (const journal::Trial* trial : row.trials) {
      if (trial == nullptr) continue;
      if (any == nullptr) any = trial;
      if (journal::has_figures(*trial)) return trial;
    }
  }
  return any;
}

namespace {

stats::BlockValue block_value(const journal::Trial& trial, const Figure& figure, double value) {
  std::vector<std::optional<double>> slices;
  for (const journal::SliceFacts& slice : trial.slices) {
    if (!figure.extract_slice) break;
    if (slice.round >= slices.size()) slices.resize(slice.round + 1);
    if (journal::counts(trial, slice)) slices[slice.round] = figure.extract_slice(trial, slice);
  }
  return {value, std::move(slices), trial.attempt};
}

}  // namespace

bool is_too_often_unsteady(const GridRow& row) {
  constexpr std::ptrdiff_t kBlocksForOne = 8;
  const auto unsteady = std::ranges::count_if(row.trials, [](const journal::Trial* trial) {
    return trial != nullptr && trial->warm_up && !trial->warm_up->steady_from;
  });
  return unsteady * kBlocksForOne > std::ssize(row.trials);
}

FigureSeries figure_series(const GridRow& row, const Figure& figure) {
  FigureSeries series;
  series.valid.resize(row.trials.size());
  series.struck.resize(row.trials.size());
  const bool of_steady_state = !figure.metric.empty();
  const bool unsteady = of_steady_state && is_too_often_unsteady(row);
  for (std::size_t block = 0; block < row.trials.size(); ++block) {
    const journal::Trial* trial = row.trials[block];
    if (trial == nullptr || !gives_numbers(*trial)) continue;
    const std::optional<double> value = figure.extract(*trial);
    if (!value) continue;
    std::string reason = validity::void_reason(*trial, figure.metric);
    if (unsteady && reason.empty()) reason = validity::reason::kUnsteady;
    (reason.empty() ? series.valid : series.struck)[block] = block_value(*trial, figure, *value);
    if (series.reason.empty()) series.reason = reason;
  }
  return series;
}

}  // namespace bakeoff::report
