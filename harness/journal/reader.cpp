#include "harness/journal/reader.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "harness/journal/earlier_settings.h"
#include "harness/journal/histogram_json.h"
#include "harness/journal/json.h"
#include "harness/journal/trial_json.h"
#include "harness/journal/writer.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::journal {
namespace {

std::string line_reference(const std::filesystem::path& path, std::size_t line) {
  return path.string() + ":" + std::to_string(line);
}

// Calls take(line, number) for each line. Returns a note when the last line was cut off, otherwise "".
std::string each_line(const std::filesystem::path& path,
                      const std::function<void(std::string_view, std::size_t)>& take) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string() + ": " + std::generic_category().message(errno));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    // Only a line without its newline can have been cut off; a bad line that is whole was never written by us.
    if (file.eof() && !fields::is_json(line))
      return line_reference(path, number) + ": the last line was cut off and is left out";
    try {
      take(line, number);
    } catch (const std::invalid_argument& fault) {
      throw std::runtime_error(line_reference(path, number) + ": " + fault.what());
    }
  }
  if (file.bad()) throw std::runtime_error("cannot read " + path.string() + " to its end");
  return "";
}

// `lines` are the rows' places in the file.
void refuse_repeated(const std::filesystem::path& file, const std::vector<Trial>& trials,
                     const std::vector<std::size_t>& lines) {
  std::vector<std::size_t> order(trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) { return std::tie(trials[i].trial_id, trials[i].attempt); };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; });
  const auto same =
      std::adjacent_find(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) == key(b); });
  if (same == order.end()) return;
  const Trial& again = trials[*std::next(same)];
  throw std::runtime_error(line_reference(file, lines[*std::next(same)]) + ": trial_id: found " +
                           measure::in_quotes(again.trial_id) + " with attempt " + std::to_string(again.attempt) +
                           " again, expected it once, as in line " + std::to_string(lines[*same]));
}

}  // namespace

Journal read_journal(const std::filesystem::path& path, const std::string& experiment) {
  std::filesystem::path file = path;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    file = path / kTrialsFile;
    if (!std::filesystem::exists(file, error)) {
      throw std::runtime_error(path.string() + " is no result folder: it has no " + kTrialsFile);
    }
  }
  Journal journal;
  std::vector<std::size_t> lines;
  std::string expected = experiment;
  const std::string note = each_line(file, [&](std::string_view line, std::size_t number) {
    Trial trial = trial_from_json(line);
    use_names_of_today(trial);
    if (!trial.experiment.empty() && !expected.empty() && trial.experiment != expected) {
      throw std::invalid_argument("experiment: found " + measure::in_quotes(trial.experiment) + ", expected " +
                                  measure::in_quotes(expected) + " as " +
                                  (experiment.empty() ? "in the rows before it" : "manifest.json says"));
    }
    if (expected.empty()) expected = trial.experiment;
    // Growing by copying would take the memory twice. Rows are rarely half as long as the first, and what is reserved
    // and not used costs nothing.
    if (journal.trials.empty()) journal.trials.reserve(2 * std::filesystem::file_size(file) / line.size() + 1);
    journal.trials.push_back(std::move(trial));
    lines.push_back(number);
  });
  if (!note.empty()) journal.notes.push_back(note);
  refuse_repeated(file, journal.trials, lines);
  return journal;
}

std::map<HistogramKey, std::map<std::string, stats::Histogram>> read_histograms(const std::filesystem::path& folder) {
  std::map<HistogramKey, std::map<std::string, stats::Histogram>> histograms;
  const std::filesystem::path file = folder / kHistogramsFile;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return histograms;
  each_line(file, [&](std::string_view text, std::size_t) {
    HistogramLine line = histogram_from_json(text);
    auto& of_trial = histograms[HistogramKey{line.trial_id, line.attempt}];
    of_trial.insert_or_assign(line.latency_class, std::move(line.histogram));
  });
  return histograms;
}

}  // namespace bakeoff::journal
