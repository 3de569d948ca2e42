#include "harness/commands/report_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

#include "harness/commands/check_names.h"
#include "harness/commands/output_file.h"
#include "harness/commands/subject_glosses.h"
#include "harness/input/input_error.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/measure/text_file.h"
#include "harness/report/html/html.h"
#include "harness/report/plots/plots.h"
#include "harness/report/report_info.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/process.h"

namespace bakeoff::commands {
namespace {

constexpr const char* kPageFile = "report.html";

report::Report report_of(const RecordedResult& result) {
  return report::build_report(result.journal.trials, result.info);
}

/// Of tables of subjects.
std::vector<std::string> compared_subjects(const report::Report& report) {
  std::vector<std::string> subjects;
  for (const report::Table& table : report.tables) {
    if (table.baseline.empty()) continue;  // A table of other things than subjects: twins, limits.
    for (const report::TableRow& row : table.rows) {
      if (std::ranges::find(subjects, row.subject) == subjects.end()) subjects.push_back(row.subject);
    }
  }
  return subjects;
}

/// None where a manifest cannot be read: other commands say so, and recorded rows have their page all the same.
subjects::Inventory known_subjects() try { return full_inventory(); } catch (const input::InputError&) {
  return {};
}

/// What a page and an index say of a result's subjects.
report::html::PageParts parts_of(const RecordedResult& result, const report::Report& report,
                                 const subjects::Inventory& inventory) {
  report::html::PageParts parts;
  parts.pairs = report::build_pairs(result.journal.trials, result.info);
  parts.subjects = glosses_of(compared_subjects(report), inventory);
  return parts;
}

std::string page_of(const RecordedResult& result, const report::Report& report, report::html::PageParts parts) {
  parts.answer = measure::read_text(result.folder / "answer.md").value_or("");
  parts.plots = report::plots::build_plots(result.journal.trials, result.info, journal::read_histograms(result.folder));
  parts.rows = measure::read_text(result.folder / journal::kTrialsFile).value_or("");
  return report::html::html_page(report, parts);
}

/// xdg-open hands the file over to the user's browser and ends, or becomes the browser. In a session of its own,
/// because what is left in the group of a child is killed when the child has ended.
void open_in_browser(const std::filesystem::path& file) {
  constexpr auto kPatience = std::chrono::seconds(3);
  const std::filesystem::path opener = subjects::find_program("xdg-open");
  if (opener.empty()) {
    throw std::runtime_error(
        fmt::format("--open: found no xdg-open (apt-get install xdg-utils); the page is {}", file.string()));
  }
  subjects::Process session =
      subjects::Process::start({.argv = {"setsid", "--wait", opener.string(), std::filesystem::absolute(file).string()},
                                .error_file = "/dev/null",
                                .output_to_error_file = true,
                                .outlives_harness = true});
  const auto ended = session.wait(kPatience);
  if (ended && !(ended->exited && ended->status == 0)) {
    throw std::runtime_error(
        fmt::format("--open: xdg-open {}: it found no browser; the page is {}", ended->describe(), file.string()));
  }
}

/// "[words](address)" as its words: what is beside an answer is not beside an index.
std::string without_links(const std::string& markdown) {
  std::string out;
  for (std::size_t at = 0; at < markdown.size(); ++at) {
    // An interval in brackets is no link.
    const std::size_t end = markdown[at] == '[' ? markdown.find(']', at) : std::string::npos;
    const bool is_link = end != std::string::npos && markdown.compare(end, 2, "](") == 0;
    const std::size_t close = is_link ? markdown.find(')', end) : std::string::npos;
    if (close == std::string::npos) {
      out += markdown[at];
    } else {
      out += markdown.substr(at + 1, end - at - 1);
      at = close;
    }
  }
  return out;
}

/// The first paragraph of text in an answer.
std::string first_paragraph(const std::string& markdown) {
  std::string paragraph;
  std::size_t at = 0;
  while (at < markdown.size()) {
    const std::size_t end = std::min(markdown.find('\n', at), markdown.size());
    const std::string line = markdown.substr(at, end - at);
    at = end + 1;
    const bool is_text = !line.empty() && line.front() != '#' && line.front() != '|';
    if (!is_text && !paragraph.empty()) break;
    if (is_text) paragraph += line + "\n";
  }
  return without_links(paragraph);
}

/// What the paragraph of an answer says that begins with "**Why:**", in one line; "" where there is none.
std::string why_of(const std::string& markdown) {
  constexpr std::string_view kWhy = "\n**Why:** ";
  const std::size_t begin = markdown.find(kWhy);
  if (begin == std::string::npos) return "";
  const std::string paragraph =
      markdown.substr(begin + kWhy.size(), markdown.find("\n\n", begin + 1) - begin - kWhy.size());
  std::string line = without_links(paragraph);
  std::ranges::replace(line, '\n', ' ');
  std::erase(line, '`');
  return line;
}

std::filesystem::path common_parent(const std::vector<std::filesystem::path>& folders) {
  std::filesystem::path common = std::filesystem::absolute(folders.front()).lexically_normal().parent_path();
  for (const std::filesystem::path& folder : folders) {
    const std::filesystem::path parent = std::filesystem::absolute(folder).lexically_normal().parent_path();
    while (!common.empty() && common != common.root_path() &&
           std::mismatch(common.begin(), common.end(), parent.begin(), parent.end()).first != common.end()) {
      common = common.parent_path();
    }
  }
  return common;
}

/// "2026-12-02T05:40:12Z" as "2026-12-02 05:40 UTC".
std::string minute_of(const std::string& time) {
  return time.size() < 16 ? time : time.substr(0, 10) + " " + time.substr(11, 5) + " UTC";
}

/// Writes the page of a result and gives its entry in the index.
report::html::IndexEntry written_entry(const RecordedResult& result, const std::filesystem::path& index,
                                       const subjects::Inventory& inventory) {
  const report::Report report = report_of(result);
  const std::filesystem::path page = std::filesystem::absolute(result.folder / kPageFile).lexically_normal();
  report::html::PageParts parts = parts_of(result, report, inventory);
  parts.index = index.lexically_relative(page.parent_path()).generic_string();
  write_file(page, page_of(result, report, parts));
  const std::string answer = measure::read_text(result.folder / "answer.md").value_or("");
  return {.title = result.info.experiment.empty() ? page.parent_path().filename().string() : result.info.experiment,
          .question = result.info.question,
          .link = page.lexically_relative(index.parent_path()).generic_string(),
          .answer = first_paragraph(answer),
          .why = why_of(answer),
          .tables = report::html::table_links(report),
          .pairs = std::move(parts.pairs),
          .subjects = std::move(parts.subjects),
          .date = minute_of(result.journal.trials.front().started_at),
          .machine = result.manifest ? report::machine_in_words(result.manifest->machine) : ""};
}

/// Results of one experiment have their folders in their titles.
void tell_apart(std::vector<report::html::IndexEntry>& entries) {
  std::map<std::string, int> count;
  for (const report::html::IndexEntry& entry : entries) ++count[entry.title];
  for (report::html::IndexEntry& entry : entries) {
    if (count[entry.title] < 2) continue;
    entry.title += " · " + std::filesystem::path(entry.link).parent_path().filename().string();
  }
}

}  // namespace

void write_page(const RecordedResult& result, const ReportOptions& options) {
  const report::Report report = report_of(result);
  const std::string page = page_of(result, report, parts_of(result, report, known_subjects()));
  if (options.out.empty() && !options.open) {
    fmt::print("{}", page);
    return;
  }
  const std::filesystem::path file = options.out.empty() ? result.folder / kPageFile : options.out;
  write_file(file, page);
  fmt::print(stderr, "bakeoff: {}\n", file.string());
  if (options.open) open_in_browser(file);
}

int write_index(const ReportOptions& options) {
  const std::filesystem::path parent = common_parent(options.folders);
  if (options.out.empty() && parent == parent.root_path()) {
    throw UsageError("report: the folders have nothing in common, expected --out FILE for the index");
  }
  const std::filesystem::path index =
      std::filesystem::absolute(options.out.empty() ? parent / "index.html" : options.out).lexically_normal();
  for (const std::filesystem::path& folder : options.folders) {
    if (!std::filesystem::exists(folder)) {
      throw UsageError(
          fmt::format("report: found no \"{}\", expected folders that bakeoff run has written", folder.string()));
    }
  }
  const subjects::Inventory inventory = known_subjects();
  std::vector<report::html::IndexEntry> entries;
  bool any_valid = false, any_failed = false;
  for (const std::filesystem::path& folder : options.folders) {
    if (!std::filesystem::is_directory(folder)) continue;  // `results/*` has files too.
    if (!std::filesystem::exists(folder / journal::kTrialsFile)) {
      fmt::print(stderr, "bakeoff: {}: no {}, left out\n", folder.string(), journal::kTrialsFile);
      continue;
    }
    try {
      const RecordedResult result = read_result(folder);
      if (result.journal.trials.empty()) continue;
      any_valid = any_valid || result.has_valid_number();
      entries.push_back(written_entry(result, index, inventory));
    } catch (const std::runtime_error& error) {
      // The others have their pages all the same.
      fmt::print(stderr, "bakeoff: {}: left out: {}\n", folder.string(), error.what());
      any_failed = true;
    }
  }
  if (entries.empty()) throw UsageError("report: found no result folder among the words, expected one or more");
  tell_apart(entries);
  write_file(index, report::html::html_index(entries));
  fmt::print(stderr, "bakeoff: {} pages, and {}\n", entries.size(), index.string());
  if (options.open) open_in_browser(index);
  return any_failed ? kFailed : any_valid ? kDone : kNoValid;
}

}  // namespace bakeoff::commands
