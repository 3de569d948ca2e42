#include "harness/report/plots/line_groups.h"

#include "harness/report/families.h"
#include "harness/report/plots/svg.h"

namespace bakeoff::report::plots {
namespace {

/// Neighbours of one family; each subject by itself where the table does not show families.
std::vector<std::vector<std::string>> together(const std::vector<std::string>& subjects, const ReportInfo& info) {
  const bool by_family = shows_families(subjects, info);
  std::vector<std::vector<std::string>> runs;
  std::string family;
  for (const std::string& subject : subjects) {
    const auto found = info.families.find(subject);
    const std::string own = by_family && found != info.families.end() ? found->second : "";
    if (runs.empty() || own.empty() || own != family) runs.emplace_back();
    runs.back().push_back(subject);
    family = own;
  }
  return runs;
}

}  // namespace

std::vector<LineGroup> line_groups(const std::vector<std::string>& subjects, const ReportInfo& info) {
  std::vector<LineGroup> groups;
  for (const std::vector<std::string>& run : together(subjects, info)) {
    bool begins = groups.empty() || groups.back().names.size() + run.size() > kStyles;
    for (const std::string& subject : run) {
      if (begins || groups.back().names.size() == kStyles) groups.emplace_back();
      begins = false;
      groups.back().names.push_back(subject);
    }
  }
  if (groups.size() < 2) return groups;
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i].suffix = "-" + std::to_string(i + 1);
  return groups;
}

std::vector<std::string> subjects_of(const Grid& grid) {
  std::vector<std::string> subjects;
  for (const GridRow& row : grid.rows) subjects.push_back(row.subject);
  return subjects;
}

}  // namespace bakeoff::report::plots
