// Appends rows to a result folder: trials.jsonl, and histograms.jsonl beside it.
//
// A row is handed to the kernel as soon as it is given, in one write, so that a killed run loses at most the trial in
// flight; sync() makes that hold for a power cut, too. Owns the two open files. Not thread-safe.
#pragma once

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/stats/histogram.h"

namespace bakeoff::journal {

inline constexpr const char* kTrialsFile = "trials.jsonl";
inline constexpr const char* kHistogramsFile = "histograms.jsonl";

class JournalWriter {
 public:
  /// Creates the folder and its parents where they are missing; rows already there stay. An incomplete last line, left
  /// by a killed run, is cut off. Throws std::runtime_error naming the file and the cause. It also throws, having
  /// touched nothing, while another writer has the folder: a lock on trials.jsonl, which ends with its process.
  explicit JournalWriter(const std::filesystem::path& folder);

  /// What was cut off at the beginning, a line for each file.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Appends the row; blocks for the write. Throws std::runtime_error naming the file and the cause (a full disk).
  void append(const Trial& trial);

  /// Appends the histograms of the trial, by latency class ("total", ...), before or after its row.
  void append_histograms(const Trial& trial, const std::map<std::string, stats::Histogram>& histograms);

  /// Blocks until what was appended is on the disk; takes longer than a write by milliseconds, and longer where others
  /// write. Throws like append().
  void sync();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  static File open(const std::filesystem::path& path);
  void lock(const std::filesystem::path& folder) const;
  static void write_line(std::FILE* file, const std::filesystem::path& path, std::string line);

  std::filesystem::path trials_path_, histograms_path_;
  std::vector<std::string> notes_;
  File trials_, histograms_;
};

}  // namespace bakeoff::journal
