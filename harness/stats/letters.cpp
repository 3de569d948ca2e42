// The half of compare.h that compares all subjects with each other and writes the result as letters.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/compare.h"

namespace bakeoff::stats {
namespace {

using Members = std::vector<bool>;  // One letter: which of the things carry it.

bool subset_of(const Members& part, const Members& whole) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] && !whole[i]) return false;
  }
  return true;
}

// Absorb: a letter whose bearers all share another letter says nothing.
void insert_unless_absorbed(std::vector<Members>& letters, const Members& candidate) {
  for (const Members& letter : letters) {
    if (subset_of(candidate, letter)) return;
  }
  std::erase_if(letters, [&](const Members& letter) { return subset_of(letter, candidate); });
  letters.push_back(candidate);
}

std::string letter_name(std::size_t index) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::size_t round = index / kAlphabet.size();
  return std::string(1, kAlphabet[index % kAlphabet.size()]) + (round == 0 ? "" : std::to_string(round));
}

std::size_t pair_count(std::size_t subjects) {
  return subjects < 2 ? 0 : subjects * (subjects - 1) / 2;
}

// The subjects that take part. Leaving one out for its missing values is fair, because it looks at which values there
// are and not at what they are.
std::vector<std::size_t> participants(std::span<const Series> subjects, double level) {
  std::vector<std::size_t> values(subjects.size(), 0);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    values[i] = paired_log_ratios(subjects[i], subjects[i]).size();
    if (values[i] > 0) chosen.push_back(i);
  }
  const auto fewer = [&](std::size_t a, std::size_t b) { return values[a] < values[b]; };
  while (chosen.size() >= 2) {
    const std::size_t needed = pairs_needed(corrected_level(level, pair_count(chosen.size())));
    bool enough = true;
    for (std::size_t a = 0; a < chosen.size() && enough; ++a) {
      for (std::size_t b = a + 1; b < chosen.size() && enough; ++b) {
        enough = paired_log_ratios(subjects[chosen[a]], subjects[chosen[b]]).size() >= needed;
      }
    }
    if (enough) return chosen;
    const auto [least, most] = std::minmax_element(chosen.begin(), chosen.end(), fewer);
    const std::size_t fewest = values[*least];
    if (fewest == values[*most]) break;
    std::erase_if(chosen, [&](std::size_t i) { return values[i] == fewest; });
  }
  return {};
}

}  // namespace

std::vector<std::string> compact_letters(std::size_t count,
                                         std::span<const std::pair<std::size_t, std::size_t>> different) {
  std::vector<Members> letters;
  if (count > 0) letters.emplace_back(count, true);
  for (const auto& [i, j] : different) {
    if (i == j || i >= count || j >= count) continue;
    std::vector<Members> split;
    std::vector<Members> kept;
    for (const Members& letter : letters) {
      if (!letter[i] || !letter[j]) {
        kept.push_back(letter);
        continue;
      }
      // Insert: the one letter that i and j share becomes two, one without each.
      Members without_i = letter;
      without_i[i] = false;
      Members without_j = letter;
      without_j[j] = false;
      split.push_back(std::move(without_i));
      split.push_back(std::move(without_j));
    }
    letters = std::move(kept);
    for (const Members& candidate : split) insert_unless_absorbed(letters, candidate);
  }
  // The letter that reaches furthest up comes first: with members written as bits, the larger word.
  std::sort(letters.begin(), letters.end(), std::greater<>());
  std::vector<std::string> names(count);
  for (std::size_t letter = 0; letter < letters.size(); ++letter) {
    for (std::size_t i = 0; i < count; ++i) {
      if (letters[letter][i]) names[i] += letter_name(letter);
    }
  }
  return names;
}

TieLetters tie_letters(std::span<const Series> subjects, double level) {
  TieLetters result;
  result.letters.resize(subjects.size());
  const auto with_values =
      static_cast<std::size_t>(std::count_if(subjects.begin(), subjects.end(), [](const Series& series) {
        return !paired_log_ratios(series, series).empty();
      }));
  const auto needed = [&](std::size_t pairs) { return pairs == 0 ? 0 : pairs_needed(corrected_level(level, pairs)); };
  std::vector<std::size_t> ranked = participants(subjects, level);
  result.supported = !ranked.empty();
  result.comparisons = pair_count(result.supported ? ranked.size() : with_values);
  result.pairs_needed = needed(result.comparisons);
  result.pairs_for_all = needed(pair_count(with_values));
  if (!result.supported) return result;

  std::vector<double> medians(subjects.size(), 0);
  for (const std::size_t i : ranked) {
    Series positive = subjects[i];
    std::erase_if(positive, [](const auto& value) { return !value || !std::isfinite(*value) || *value <= 0; });
    medians[i] = summarize(positive)->median;
  }
  std::stable_sort(ranked.begin(), ranked.end(), [&](std::size_t a, std::size_t b) { return medians[a] < medians[b]; });
  const double each = corrected_level(level, result.comparisons);
  std::vector<std::pair<std::size_t, std::size_t>> different;
  for (std::size_t a = 0; a < ranked.size(); ++a) {
    for (std::size_t b = a + 1; b < ranked.size(); ++b) {
      const auto ratio = compare(subjects[ranked[a]], subjects[ranked[b]], each);
      if (ratio && ratio->interval && !ratio->tied()) different.emplace_back(a, b);
    }
  }
  const std::vector<std::string> names = compact_letters(ranked.size(), different);
  for (std::size_t place = 0; place < ranked.size(); ++place) result.letters[ranked[place]] = names[place];
  return result;
}

}  // namespace bakeoff::stats
