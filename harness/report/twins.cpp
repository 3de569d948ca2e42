#include "harness/report/twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/figures.h"
#include "harness/report/notes.h"
#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

/// What is compared between a model and its twin that serve, by key.
constexpr std::array<std::string_view, 4> kCompared{"cpu_us_per_request", "latency_us.p99", "switches_per_request",
                                                    "pss_end_mib"};
/// A pair that differs by more than this is explained.
constexpr double kFarApart = 2;

const Figure& figure_of(std::string_view key) {
  const auto& figures = server_figures();
  return *std::find_if(figures.begin(), figures.end(), [&](const Figure& figure) { return figure.key == key; });
}

/// What is compared in this table. Of a job: what it is about, and its CPU time.
std::vector<Figure> compared_in(const Grid& grid) {
  std::vector<Figure> compared;
  if (!grid.is_job) {
    for (const std::string_view key : kCompared) compared.push_back(figure_of(key));
    return compared;
  }
  if (grid.figures.empty()) return compared;
  compared.push_back(grid.figures.front());
  const auto cpu = std::ranges::find(grid.figures, "cpu_ms", &Figure::key);
  if (cpu != grid.figures.end() && cpu != grid.figures.begin()) compared.push_back(*cpu);
  return compared;
}

struct Pair {
  const GridRow* real;
  const GridRow* model;
};

bool gave_numbers(const GridRow& row) {
  return remark_of(row).empty();
}

/// The pairs with numbers on both sides, in the order of the rows.
std::vector<Pair> pairs_of(const Grid& grid, const ReportInfo& info) {
  std::vector<Pair> pairs;
  for (const GridRow& row : grid.rows) {
    const auto twin = info.twins.find(row.subject);
    const GridRow* model = twin == info.twins.end() ? nullptr : find_row(grid, twin->second);
    if (model != nullptr && gave_numbers(row) && gave_numbers(*model)) pairs.push_back({&row, model});
  }
  return pairs;
}

std::optional<stats::Ratio> ratio_of(const GridRow& one, const GridRow& other, const Figure& figure) {
  return stats::compare(figure_series(one, figure).valid, figure_series(other, figure).valid);
}

/// The pairs that lie far apart, those with the same reason together.
std::vector<std::string> explanations(const std::vector<Pair>& pairs, const std::vector<Figure>& compared,
                                      const std::map<std::string, std::string>& what_differs) {
  const auto of_cpu =
      std::ranges::find_if(compared, [](const Figure& figure) { return figure.key.starts_with("cpu_"); });
  if (of_cpu == compared.end()) return {};
  struct Reason {
    std::string why, how_far;
    std::size_t pairs = 0;
  };
  std::vector<Reason> reasons;
  for (const Pair& pair : pairs) {
    const auto cpu = ratio_of(*pair.real, *pair.model, *of_cpu);
    if (!cpu || (cpu->median < kFarApart && cpu->median > 1 / kFarApart)) continue;
    const auto differs = what_differs.find(pair.real->subject);
    const std::string why = differs == what_differs.end() ? "" : differs->second;
    auto known = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& one) { return one.why == why; });
    if (known == reasons.end()) known = reasons.insert(reasons.end(), {why, ""});
    known->how_far += fmt::format("{}{} takes {} times the CPU of {}", ++known->pairs == 1 ? "" : ", ",
                                  pair.real->subject, format_number(cpu->median), pair.model->subject);
  }
  std::vector<std::string> notes;
  for (const Reason& one : reasons) {
    notes.push_back(one.how_far + (one.why.empty() ? "" : (one.pairs == 1 ? ": it " : ": each ") + one.why));
  }
  return notes;
}

/// -1, 1: which of the two has less of it, where they are told apart; 0 where they are not.
int order_of(const GridRow& one, const GridRow& other, const Figure& figure) {
  const auto ratio = ratio_of(one, other, figure);
  if (!ratio || !ratio->interval || ratio->tied()) return 0;
  return ratio->median < 1 ? -1 : 1;
}

constexpr std::size_t kMostNamed = 5;  ///< Of the cases in which the order is another, for each figure.

struct Agreement {
  std::size_t compared = 0, told_apart = 0, same = 0;
  std::vector<std::string> against{};  ///< Where the order is another.
};

void count(const Grid& grid, const std::vector<Pair>& pairs, const Figure& figure, Agreement& agreement) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (std::size_t j = i + 1; j < pairs.size(); ++j) {
      if (pairs[i].model == pairs[j].model) continue;
      ++agreement.compared;
      const int models = order_of(*pairs[i].model, *pairs[j].model, figure);
      const int reals = order_of(*pairs[i].real, *pairs[j].real, figure);
      if (models == 0 || reals == 0) continue;
      ++agreement.told_apart;
      if (models == reals) {
        ++agreement.same;
        continue;
      }
      const Pair& less = models < 0 ? pairs[i] : pairs[j];
      const Pair& more = models < 0 ? pairs[j] : pairs[i];
      agreement.against.push_back(fmt::format("{}: {} has less of it than {}, but {} more than {}", grid.table,
                                              less.model->subject, more.model->subject, less.real->subject,
                                              more.real->subject));
    }
  }
}

Cell count_cell(std::size_t count) {
  Cell cell = text_cell(std::to_string(count));
  cell.value = static_cast<double>(count);
  return cell;
}

}  // namespace

std::optional<Table> twin_table(const Grid& grid, const std::string& name, const ReportInfo& info) {
  const std::vector<Pair> pairs = pairs_of(grid, info);
  if (pairs.empty()) return std::nullopt;
  Table table;
  table.name = name + "-twins";
  table.caption = "models and their real twins · " + caption(grid, name);
  table.columns.push_back({"subject", "real", "", Align::left});
  table.columns.push_back({"like", "model", "", Align::left});
  const std::vector<Figure> compared = compared_in(grid);
  for (const Figure& figure : compared) {
    const std::string& prefix = figure.key;
    table.columns.push_back(
        {prefix + ".model", fmt::format("{}: model", figure.title), figure.unit, Align::right, figure.key});
    table.columns.push_back({prefix + ".real", "real", figure.unit, Align::right, figure.key});
    table.columns.push_back({prefix + ".ratio", "real/model", ""});
  }
  for (const Pair& pair : pairs) {
    TableRow row{.subject = pair.real->subject, .cells = {}, .remark = {}};
    row.cells.push_back(text_cell(pair.real->subject));
    row.cells.push_back(text_cell(pair.model->subject));
    for (const Figure& figure : compared) {
      row.cells.push_back(figure_cell(figure, figure_series(*pair.model, figure)));
      row.cells.push_back(figure_cell(figure, figure_series(*pair.real, figure)));
      row.cells.push_back(ratio_cell(ratio_of(*pair.real, *pair.model, figure)));
    }
    table.rows.push_back(std::move(row));
  }
  table.notes = explanations(pairs, compared, grid.is_job ? info.jobs_differ : info.differs);
  return table;
}

std::optional<Table> rank_agreement(std::span<const Grid> grids, const ReportInfo& info) {
  Table table;
  table.name = "rank-agreement";
  table.caption =
      "do the real ones stand in the order of their models? Two pairs at a time, in every table; told apart: both "
      "intervals lie on one side of 1 (95 % each)";
  table.columns = {{"subject", "figure", "", Align::left},
                   {"compared", "two pairs", ""},
                   {"told_apart", "told apart on both sides", ""},
                   {"same", "in the same order", ""}};
  bool any = false;
  for (const std::string_view key : kCompared) {
    const Figure& figure = figure_of(key);
    Agreement agreement;
    for (const Grid& grid : grids) {
      if (!grid.is_job && !grid.is_queue) count(grid, pairs_of(grid, info), figure, agreement);
    }
    any = any || agreement.compared != 0;
    const std::string title(figure.title);
    table.rows.push_back({.subject = title,
                          .cells = {text_cell(title), count_cell(agreement.compared), count_cell(agreement.told_apart),
                                    count_cell(agreement.same)},
                          .remark = {}});
    const std::size_t named = std::min(agreement.against.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i) table.notes.push_back(fmt::format("{}, {}", title, agreement.against[i]));
    if (named < agreement.against.size()) {
      table.notes.push_back(
          fmt::format("{}: the order is another in {} more", title, agreement.against.size() - named));
    }
  }
  if (!any) return std::nullopt;
  return table;
}

}  // namespace bakeoff::report
