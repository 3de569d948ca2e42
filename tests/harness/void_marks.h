// Whether a writer marks what is void: for the tests that go through all of them. Each figure is first looked for in
// what is valid, where it has to stand unmarked, so that a test knows what it looks for.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <functional>
#include <string>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::test {

inline const std::vector<std::string> kReasons{"wrong-answers", "receipt-mismatch", "part-of-the-work", "throttled",
                                               "paused",        "generator-bound",  "underdelivered",   "noisy",
                                               "read-late",     "littles-law",      "slipped"};

/// Figures, as they are written, that a metric voids.
struct Voided {
  std::string metric;
  std::vector<std::string> figures;
};

inline bool is_of_a_number(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || c == ',';
}

/// Places where the text has the figure, and how many of them are not between the marks.
struct Places {
  std::size_t all = 0, unmarked = 0;
};
inline Places places_of(const std::string& text, const std::string& figure, const std::string& begin,
                        const std::string& end) {
  Places places;
  for (auto at = text.find(figure); at != text.npos; at = text.find(figure, at + 1)) {
    const std::size_t behind = at + figure.size();
    const bool whole = (at == 0 || !is_of_a_number(text[at - 1])) &&
                       (behind >= text.size() || std::isdigit(static_cast<unsigned char>(text[behind])) == 0);
    if (!whole) continue;
    ++places.all;
    const bool marked = at >= begin.size() && text.compare(at - begin.size(), begin.size(), begin) == 0 &&
                        text.compare(behind, end.size(), end) == 0;
    places.unmarked += !marked;
  }
  return places;
}

/// A writer of text, with what stands before and behind a void figure.
template <typename What>
struct Writer {
  std::string name;
  std::function<std::string(const What&)> write;
  std::string begin, end;
};

inline const std::string kStrike = "\x1b[2;9m", kEnd = "\x1b[0m";

/// `voided(metric, reason)` are the things to write with that metric void.
template <typename What>
void expect_marked(const std::vector<Writer<What>>& writers, const std::vector<Voided>& metrics, const What& valid,
                   const std::function<What(const std::string& metric, const std::string& reason)>& voided) {
  for (const Writer<What>& writer : writers) {
    for (const auto& [metric, figures] : metrics) {
      for (const std::string& figure : figures) {
        const Places before = places_of(writer.write(valid), figure, writer.begin, writer.end);
        EXPECT_GT(before.unmarked, 0U) << writer.name << " does not write " << figure << " of " << metric;
      }
      for (const std::string& reason : kReasons) {
        const std::string text = writer.write(voided(metric, reason));
        for (const std::string& figure : figures) {
          const Places after = places_of(text, figure, writer.begin, writer.end);
          EXPECT_GT(after.all, 0U) << writer.name << ", " << metric << " " << reason << ": " << figure << " is gone";
          EXPECT_EQ(after.unmarked, 0U) << writer.name << ", " << metric << " " << reason << ": " << figure << "\n"
                                        << text;
        }
      }
    }
  }
}

/// Jobs, or probes, which have no times of their own.
inline std::vector<Trial> job_rows(const std::string& load) {
  std::vector<Trial> rows;
  for (int block = 0; block < 8; ++block) {
    for (const char* subject : {"threads", "event-loop"}) {
      const bool base = subject == std::string("threads");
      Trial row;
      row.table = row.workload = "count";
      row.subject = subject;
      row.block = block;
      row.params.load = load;
      row.params.units = 2;
      row.job = JobRow{.executor = "thread",
                       .answer = 1,
                       .answer_right = true,
                       .elapsed_ns = base ? 999'000'000UL : 456'000'000UL,
                       .figures = {{"turn_us", base ? 99.9 : 43.2},
                                   {"heap_mib", base ? 999 : 77.3},
                                   {"overhead_percent", base ? 9.99 : 5.67}},
                       .evidence = {"the child read 6123"}};
      row.subject_cost.emplace().cpu_us = base ? 888'000 : 234'000;
      row.subject_cost->switches_voluntary = base ? 5 : 300;
      row.subject_cost->switches_involuntary = base ? 6 : 45;
      row.subject_cost->pss_end_kib = base ? 9'000 : 12'595;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace bakeoff::test
