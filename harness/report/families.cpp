#include "harness/report/families.h"

#include <algorithm>

#include "harness/subjects/groups.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kMostWithoutFamilies = 8;
constexpr std::size_t kRowsPerFamily = 2;  // On average: headings with one row each would be lines for nothing.

/// "" where it is not known.
std::string family_of(const std::string& subject, const ReportInfo& info) {
  const auto found = info.families.find(subject);
  return found == info.families.end() ? "" : found->second;
}

/// The families of these subjects, each once.
std::vector<std::string> names_of_families(const std::vector<std::string>& subjects, const ReportInfo& info) {
  std::vector<std::string> families;
  for (const std::string& subject : subjects) {
    std::string family = family_of(subject, info);
    if (std::ranges::find(families, family) == families.end()) families.push_back(std::move(family));
  }
  return families;
}

/// Rows are a grid's or a table's.
template <typename Rows>
std::vector<std::string> subjects_in(const Rows& rows) {
  std::vector<std::string> subjects;
  for (const auto& row : rows) subjects.push_back(row.subject);
  return subjects;
}

template <typename Rows>
void order_rows(Rows& rows, const std::vector<std::string>& families, const ReportInfo& info) {
  std::ranges::stable_sort(rows, {}, [&](const auto& row) {
    return std::ranges::find(families, family_of(row.subject, info)) - families.begin();
  });
}

}  // namespace

bool shows_families(const std::vector<std::string>& subjects, const ReportInfo& info) {
  const std::vector<std::string> families = names_of_families(subjects, info);
  return info.against.empty() && subjects.size() > kMostWithoutFamilies && families.size() > 1 &&
         subjects.size() >= kRowsPerFamily * families.size() && std::ranges::find(families, "") == families.end() &&
         std::ranges::any_of(families, [](const std::string& family) { return subjects::is_language(family); });
}

void order_by_family(Grid& grid, const ReportInfo& info) {
  const std::vector<std::string> subjects = subjects_in(grid.rows);
  if (shows_families(subjects, info)) order_rows(grid.rows, names_of_families(subjects, info), info);
}

void add_families(Table& table, const ReportInfo& info) {
  const std::vector<std::string> subjects = subjects_in(table.rows);
  for (TableRow& row : table.rows) row.family = family_of(row.subject, info);
  table.by_family = shows_families(subjects, info);
  if (table.by_family) order_rows(table.rows, names_of_families(subjects, info), info);
}

std::vector<FamilyRows> rows_by_family(const Table& table) {
  std::vector<FamilyRows> families;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const std::string family = table.by_family ? table.rows[i].family : "";
    if (families.empty() || families.back().family != family) families.push_back({family, {}});
    families.back().rows.push_back(i);
  }
  return families;
}

}  // namespace bakeoff::report
