#include "harness/report/syscall_table.h"

#include <algorithm>
#include <utility>

#include "harness/report/cell_format.h"
#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

/// Rarer calls are summed up in one row: timers, and what only the first request needs.
constexpr double kRareCallsPerRequest = 0.005;

}  // namespace

Table syscall_table(const std::vector<std::string>& subjects, const std::vector<CallsPerRequest>& counts,
                    const std::string& caption) {
  Table table;
  table.name = "syscalls";
  table.caption = caption;
  table.columns.push_back({"subject", "system call", "", Align::left});
  std::map<std::string, double> most;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    table.columns.push_back({subjects[i], subjects[i], "1/req"});
    for (const auto& [name, calls] : counts[i]) most[name] = std::max(most[name], calls);
  }
  std::vector<std::pair<std::string, double>> order(most.begin(), most.end());
  std::erase_if(order, [](const auto& call) { return call.second < kRareCallsPerRequest; });
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  const auto add_row = [&](const std::string& name, auto calls_of) {
    TableRow row{.subject = name, .cells = {text_cell(name)}, .remark = {}};
    for (const CallsPerRequest& one : counts) {
      const double calls = calls_of(one);
      Cell cell;
      if (calls > 0) {
        cell.value = calls;
        cell.text = format_number(calls);
      }
      row.cells.push_back(cell);
    }
    table.rows.push_back(std::move(row));
  };
  for (const auto& call : order) {
    add_row(call.first, [&](const CallsPerRequest& one) { return one.contains(call.first) ? one.at(call.first) : 0; });
  }
  add_row("others", [](const CallsPerRequest& one) {
    double sum = 0;
    for (const auto& [name, calls] : one) sum += calls < kRareCallsPerRequest ? calls : 0;
    return sum;
  });
  add_row("all", [](const CallsPerRequest& one) {
    double sum = 0;
    for (const auto& [name, calls] : one) sum += calls;
    return sum;
  });
  return table;
}

}  // namespace bakeoff::report
