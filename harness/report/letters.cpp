#include "harness/report/letters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "harness/report/cell_format.h"
#include "harness/report/families.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {
namespace {

constexpr std::size_t kMostOfAFamily = 4;  // Beyond that a family's letters need more blocks than there are.

std::string pairs_in_words(std::size_t comparisons) {
  return comparisons == 1 ? "one pair" : fmt::format("{} pairs", comparisons);
}

std::string too_few_blocks(const stats::TieLetters& ties) {
  return fmt::format("telling {} apart at 95 % together needs {} blocks with valid values",
                     pairs_in_words(ties.comparisons), ties.pairs_needed);
}

/// Why families or subjects have no letters; those with the same reason are named together.
using NamesByReason = std::vector<std::pair<std::string, std::vector<std::string>>>;

void add_name(NamesByReason& reasons, const std::string& reason, const std::string& name) {
  for (auto& [known, names] : reasons) {
    if (known != reason) continue;
    names.push_back(name);
    return;
  }
  reasons.push_back({reason, {name}});
}

/// Gives these rows their letters. `left_out` are those with a value and without a letter.
stats::TieLetters letters_of(Table& table, const FigureColumn& leading, std::size_t column,
                             const std::vector<std::size_t>& rows, NamesByReason& left_out) {
  std::vector<stats::Series> valid;
  for (const std::size_t row : rows) valid.push_back(leading[row].valid);
  stats::TieLetters ties = stats::tie_letters(valid);
  if (ties.comparisons == 0 || !ties.supported) return ties;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Cell& cell = table.rows[rows[i]].cells[column];
    cell.letters = ties.letters[i];
    if (!cell.letters.empty() || !cell.value) continue;
    add_name(left_out, fmt::format("fewer than {} blocks with valid values", ties.pairs_for_all),
             table.rows[rows[i]].subject);
  }
  return ties;
}

void add_letters_of_families(Table& table, const FigureColumn& leading, std::size_t column) {
  NamesByReason none, left_out;
  std::vector<std::string> large;
  bool any = false;
  for (const FamilyRows& family : rows_by_family(table)) {
    if (family.rows.size() > kMostOfAFamily) {
      const auto with_values =
          std::ranges::count_if(family.rows, [&](std::size_t row) { return count_values(leading[row].valid) > 0; });
      if (with_values > 1) large.push_back(family.family);
      continue;
    }
    const stats::TieLetters ties = letters_of(table, leading, column, family.rows, left_out);
    if (ties.comparisons > 0 && !ties.supported) add_name(none, too_few_blocks(ties), family.family);
    any = any || ties.supported;
  }
  for (const auto& [reason, families] : none) {
    table.notes.push_back(fmt::format("no letters within {}: {}", fmt::join(families, ", "), reason));
  }
  if (!large.empty()) {
    table.notes.push_back(fmt::format("no letters within {}: a family of more than {} subjects gets none",
                                      fmt::join(large, ", "), kMostOfAFamily));
  }
  for (const auto& [reason, subjects] : left_out) {
    table.notes.push_back(fmt::format("no letter for {}: {}", fmt::join(subjects, ", "), reason));
  }
  if (any) {
    table.legend =
        "letters compare within a family only: subjects of one that share a letter are not told apart (95 % over all "
        "its pairs together)";
  }
}

}  // namespace

void add_letters(Table& table, const FigureColumn& leading, std::size_t column) {
  if (table.by_family) {
    add_letters_of_families(table, leading, column);
    return;
  }
  NamesByReason left_out;
  const stats::TieLetters ties = letters_of(table, leading, column, rows_by_family(table).front().rows, left_out);
  if (ties.comparisons == 0) return;
  if (!ties.supported) {
    table.notes.push_back("no letters: " + too_few_blocks(ties));
    return;
  }
  for (const auto& [reason, subjects] : left_out) {
    table.notes.push_back(fmt::format("no letter for {}: {}", fmt::join(subjects, ", "), reason));
  }
  table.legend = ties.comparisons == 1
                     ? "two subjects that share a letter are not told apart (95 %)"
                     : fmt::format("subjects that share a letter are not told apart (95 % over all {} pairs together)",
                                   ties.comparisons);
}

}  // namespace bakeoff::report
