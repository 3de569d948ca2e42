// Reads a result folder back.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/stats/histogram.h"

namespace bakeoff::journal {

struct Journal {
  std::vector<Trial> trials;       ///< In the order of the file.
  std::vector<std::string> notes;  ///< What a reader should know: a truncated last line was dropped.
};

/// `path` is a result folder or a .jsonl file. A last line that was cut off is dropped with a note; a bad line before
/// it, or a schema that is not known, throws std::runtime_error "FILE:LINE: what is wrong". A folder without
/// trials.jsonl throws, saying that it is not a result folder. An empty file is an empty journal.
/// Rows have the subjects' names of today (earlier_settings.h).
/// Rows of two experiments in one file, and two rows of one attempt, throw too: they are files put together, and their
/// numbers would be counted twice or beside others that they do not belong to. `experiment` is the name in the
/// manifest; "" holds all rows to the first one's.
Journal read_journal(const std::filesystem::path& path, const std::string& experiment = "");

/// The histograms of each attempt of a trial, by latency class. Empty when the folder has no side file; the same rules
/// for bad lines.
struct HistogramKey {
  std::string trial_id;
  int attempt = 1;
  // clang-tidy takes the zero that the comparison is made of for a pointer.
  auto operator<=>(const HistogramKey&) const = default;  // NOLINT(modernize-use-nullptr)
};
std::map<HistogramKey, std::map<std::string, stats::Histogram>> read_histograms(const std::filesystem::path& folder);

}  // namespace bakeoff::journal
