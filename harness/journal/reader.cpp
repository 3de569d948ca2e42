#include "harness/journal/reader.h"

#include <cerrno>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <system_error>

#include "harness/journal/histogram_json.h"
#include "harness/journal/trial_json.h"
#include "harness/journal/writer.h"

namespace bakeoff {
namespace {

// Calls take(line) for each line. Returns a note when the last line was cut off, otherwise "".
std::string each_line(const std::filesystem::path& path, const std::function<void(std::string_view)>& take) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string() + ": " + std::generic_category().message(errno));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    // Only a line without its newline can have been cut off; a bad line that is whole was never written by us.
    const std::string place = path.string() + ":" + std::to_string(number);
    if (file.eof() && !is_json(line)) return place + ": the last line was cut off and is left out";
    try {
      take(line);
    } catch (const std::invalid_argument& fault) {
      throw std::runtime_error(place + ": " + fault.what());
    }
  }
  if (file.bad()) throw std::runtime_error("cannot read " + path.string() + " to its end");
  return "";
}

}  // namespace

Journal read_journal(const std::filesystem::path& path) {
  std::filesystem::path file = path;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    file = path / kTrialsFile;
    if (!std::filesystem::exists(file, error)) {
      throw std::runtime_error(path.string() + " is no result folder: it has no " + kTrialsFile);
    }
  }
  Journal journal;
  const std::string note =
      each_line(file, [&](std::string_view line) { journal.trials.push_back(trial_from_json(line)); });
  if (!note.empty()) journal.notes.push_back(note);
  return journal;
}

std::map<HistogramKey, std::map<std::string, Histogram>> read_histograms(const std::filesystem::path& folder) {
  std::map<HistogramKey, std::map<std::string, Histogram>> histograms;
  const std::filesystem::path file = folder / kHistogramsFile;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return histograms;
  each_line(file, [&](std::string_view text) {
    HistogramLine line = histogram_from_json(text);
    auto& of_trial = histograms[HistogramKey{line.trial_id, line.attempt}];
    of_trial.insert_or_assign(line.latency_class, std::move(line.histogram));
  });
  return histograms;
}

}  // namespace bakeoff
