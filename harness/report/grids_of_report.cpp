#include "harness/report/grids_of_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/report/families.h"

namespace bakeoff::report {

GridsOfReport grids_of_report(std::span<const journal::Trial> trials, const ReportInfo& info) {
  GridsOfReport of_tables;
  std::map<std::string, std::vector<const journal::Trial*>> by_table;
  for (const journal::Trial& trial : trials) {
    std::string name = trial.table;
    // Rows that were put together from several runs: an open and a closed load are never compared.
    if (const auto same = by_table.find(name);
        same != by_table.end() && load_word(same->second.front()->params) != load_word(trial.params)) {
      name += fmt::format(" ({})", load_word(trial.params));
    }
    auto& of_table = by_table[name];
    if (of_table.empty()) of_tables.names.push_back(name);
    of_table.push_back(&trial);
  }
  const auto rank = [&](const std::string& name) {
    return std::ranges::find(info.tables, by_table.at(name).front()->table) - info.tables.begin();
  };
  std::ranges::stable_sort(of_tables.names, {}, rank);
  for (const std::string& name : of_tables.names) {
    order_by_family(of_tables.grids.emplace_back(make_grid(by_table[name], info.subjects)), info);
  }
  return of_tables;
}

const journal::SweepFacts* sweep_of(const std::string& table, const ReportInfo& info) {
  for (const journal::SweepFacts& sweep : info.sweeps) {
    if (std::ranges::find(sweep.points, table, &journal::SweepPointFacts::table) != sweep.points.end()) return &sweep;
  }
  return nullptr;
}

}  // namespace bakeoff::report
