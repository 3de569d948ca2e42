// Rows are input like any other: other versions wrote them, other programs, people. Every writer is tried on every
// recorded result, and on its rows after random changes. The seed is fixed.
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/trial_json.h"
#include "harness/journal/writer.h"
#include "harness/report/column_units.h"
#include "harness/report/compare/changes.h"
#include "harness/report/csv.h"
#include "harness/report/flat_export.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/number_format.h"
#include "harness/report/report_info.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kResults = BAKEOFF_SOURCE_DIR "/results";

std::vector<std::string> recorded() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kResults)) {
    if (fs::exists(entry.path() / journal::kTrialsFile)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Writing {
  const char* name;
  std::string (*write)(const Report&);
};
const std::array kWritings{
    Writing{"terminal", [](const Report& report) { return terminal_report(report); }},
    Writing{"80 columns", [](const Report& report) { return terminal_report(report, {.width = 80, .colour = false}); }},
    Writing{"narrow", [](const Report& report) { return terminal_report(report, {.width = 1, .colour = false}); }},
    Writing{"colours", [](const Report& report) { return terminal_report(report, {.width = 120, .colour = true}); }},
    Writing{"md", [](const Report& report) { return markdown_report(report); }},
    Writing{"csv", csv_report},
    Writing{"json", json_report},
    Writing{"tex", latex_report},
};

/// A value that is not a number, as printf and its like write it; not the end of "confined" or the start of "info".
bool has_no_number(const std::string& text) {
  static const std::regex pattern(R"((^|[^A-Za-z])-?(nan|inf)([^A-Za-z]|$))", std::regex::icase | std::regex::optimize);
  return std::regex_search(text, pattern);
}

/// How many fields each record has; in CSV as many as the header.
std::vector<std::size_t> fields_of_records(const std::string& csv) {
  std::vector<std::size_t> counts;
  std::size_t fields = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    if (csv[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (csv[i] == ',') ++fields;
    if (csv[i] == '\n') counts.push_back(std::exchange(fields, 1));
  }
  return counts;
}

void expect_sound(const Report& report) {
  for (const auto& [name, write] : kWritings) {
    const std::string text = write(report);
    EXPECT_FALSE(has_no_number(text)) << name << ":\n" << text.substr(0, 4000);
    const std::string_view format = name;
    if (format == "json") {
      EXPECT_TRUE(json::accept(text));
      EXPECT_EQ(text.find(": null"), text.npos) << text.substr(0, 4000);
    }
    if (format == "csv") {
      const auto counts = fields_of_records(text);
      EXPECT_THAT(counts, testing::Each(counts.front())) << text.substr(0, 4000);
    }
    // What a name holds must not steer a terminal.
    const std::string allowed = format == "csv" ? "\r\n\t" : "\n";
    const bool may_steer = format == "colours" || format == "csv" || format == "json";
    const auto control = std::find_if(text.begin(), text.end(), [&](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && allowed.find(c) == allowed.npos) || c == 0x7f;
    });
    EXPECT_TRUE(may_steer || control == text.end()) << name;
  }
}

void expect_sound_export(const std::vector<journal::Trial>& rows) {
  if (rows.empty()) return;
  const std::string csv = flat_trials(rows, FlatFormat::csv);
  EXPECT_THAT(fields_of_records(csv), testing::Each(fields_of_records(csv).front()));
  const json objects = json::parse(flat_trials(rows, FlatFormat::json), nullptr, false);
  ASSERT_TRUE(objects.is_array());
  EXPECT_EQ(objects.size(), rows.size());
  for (const json& object : objects) {
    for (const auto& [name, value] : object.items()) EXPECT_FALSE(value.is_null() || value.is_object()) << name;
  }
}

class RecordedRows : public testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return kResults / GetParam(); }
};

TEST_P(RecordedRows, AreWrittenInEveryFormat) {
  const std::vector<journal::Trial> rows = journal::read_journal(folder()).trials;
  const Report report = build_report(rows, report_info(journal::read_manifest(folder())));
  expect_sound(report);
  for (const auto& [name, write] : kWritings) EXPECT_GT(write(report).size(), 500U) << name;
  expect_sound(build_report(rows, report_info(rows)));  // Without the manifest.
  expect_sound_export(rows);
}

TEST_P(RecordedRows, FitTerminalsAndNoPartOfATableHasASingleColumn) {
  const Report report =
      build_report(journal::read_journal(folder()).trials, report_info(journal::read_manifest(folder())));
  for (const std::size_t width : {80U, 100U, 160U}) {
    std::istringstream lines(terminal_report(report, {.width = width}));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
      // A header: columns stand two spaces apart.
      if (!line.starts_with("subject ")) continue;
      std::size_t columns = 1;
      for (auto gap = line.find("  "); gap != line.npos; gap = line.find("  ", line.find_first_not_of(' ', gap))) {
        ++columns;
      }
      EXPECT_GT(columns, 2U) << width << " columns: " << line;
    }
  }
}

TEST_P(RecordedRows, HaveNoSuffixWhereThereIsALargerUnit) {
  static const std::regex suffixed("[0-9][kMGTP]");
  const Report report =
      build_report(journal::read_journal(folder()).trials, report_info(journal::read_manifest(folder())));
  std::size_t looked_at = 0;
  for (const Table& given : report.tables) {
    const Table table = in_fitting_units(given);
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (!is_scalable(given.columns[c].unit)) continue;
      for (const TableRow& row : table.rows) {
        if (c >= row.cells.size()) continue;
        ++looked_at;
        EXPECT_FALSE(std::regex_search(row.cells[c].text, suffixed))
            << table.name << ", " << table.columns[c].title << ": " << row.cells[c].text;
      }
    }
  }
  EXPECT_GT(looked_at, 5U);
}

// --- chance
// -----------------------------------------------------------------------------------------------------------

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  bool one_in(std::size_t times) { return below(times) == 0; }

  /// Something else of the same kind, mostly.
  json other(const json& value) {
    if (value.is_string()) return pick(kNames);
    if (value.is_number() && !one_in(20)) return pick(kNumbers);
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_array()) return of_another_length(value);
    if (value.is_object() && !one_in(4)) return json::object();
    return pick(kAnything);
  }

  /// Changes about `changes` of the document's fields, wherever they are.
  void spoil(json& document, std::size_t changes) {
    for (std::size_t change = 0; change < changes; ++change) spoil_one(document);
  }

 private:
  template <typename List>
  json pick(const List& list) {
    return list[below(list.size())];
  }
  json of_another_length(json value) {
    if (value.empty() || one_in(3)) return json::array();
    if (one_in(2))
      value.erase(below(value.size()));
    else
      value.push_back(value[below(value.size())]);
    return value;
  }
  void spoil_one(json& value) {
    if (!value.is_object() || value.empty()) {
      value = other(value);
      return;
    }
    auto field = std::next(value.begin(), static_cast<std::ptrdiff_t>(below(value.size())));
    if (field.key() == "schema") return;
    if (one_in(5)) {
      value.erase(field);
    } else if (field->is_structured() && !field->empty() && !one_in(4)) {
      json& inside = field->is_array() ? (*field)[below(field->size())] : *field;
      spoil_one(inside);
    } else {
      *field = other(*field);
    }
  }

  inline static const std::vector<json> kNames{"",
                                               "a,b",
                                               "two\nlines",
                                               "\x1b[2J\x1b[31m",
                                               "\x7f\x01",
                                               "%s%n",
                                               "|*_~<`",
                                               "\\end{}$&#^",
                                               "\"quoted\"",
                                               "\xc3\xbc\xe2\x82\xac",
                                               "nginx",
                                               "threads",
                                               "ok",
                                               "died",
                                               "not-run",
                                               "limit",
                                               "job",
                                               "probe",
                                               "open",
                                               "closed",
                                               ":units=2",
                                               "a:units=99999999999999999999",
                                               std::string(5000, 'x'),
                                               std::string(300, ' ')};
  inline static const std::vector<json> kNumbers{
      0,     1,         2,         3,         1e308,      1e-308,       5e-324, 1e300, 0.1,
      1e100, 12345.678, INT32_MAX, INT64_MAX, UINT64_MAX, 4294967296.0, 0.0,    100,   64};
  inline static const std::vector<json> kAnything{nullptr, "text", -1, -1e308, json::array(), json::object(), true, 7};

  std::mt19937 random_;
};

std::vector<json> lines_of(const fs::path& file) {
  std::vector<json> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

/// The rows that the reader accepts. It refuses the others with a line.
std::vector<journal::Trial> read_back(const std::vector<json>& lines) {
  std::vector<journal::Trial> rows;
  for (const json& line : lines) {
    try {
      rows.push_back(journal::trial_from_json(line.dump()));
    } catch (const std::invalid_argument& refusal) {
      EXPECT_EQ(std::string(refusal.what()).find('\n'), std::string::npos) << refusal.what();
    }
  }
  return rows;
}

TEST_P(RecordedRows, AreWrittenWhateverHasHappenedToThem) {
  const std::vector<json> lines = lines_of(folder() / journal::kTrialsFile);
  const journal::Manifest manifest = journal::read_manifest(folder());
  Chance chance(20261129);
  std::size_t reported = 0;
  for (int round = 0; round < 12; ++round) {
    // A part of one table or two, so that the changes meet each other.
    const std::size_t first = chance.below(lines.size());
    const std::size_t count = 1 + chance.below(40);
    std::vector<json> some(lines.begin() + static_cast<std::ptrdiff_t>(first),
                           lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), first + count)));
    for (json& line : some) chance.spoil(line, chance.below(4));
    std::vector<journal::Trial> rows = read_back(some);
    if (chance.one_in(2)) {
      for (journal::Trial& row : rows) row.validity.clear();
    }
    SCOPED_TRACE(testing::Message() << "round " << round << " of " << GetParam());
    expect_sound(build_report(rows, report_info(manifest)));
    expect_sound(build_report(rows, report_info(rows)));
    expect_sound_export(rows);
    ReportInfo against = report_info(manifest);
    against.against = "another build";
    expect_sound(build_report(rows, against));
    const compare::RecordedRun before{.name = "one", .manifest = manifest, .trials = rows};
    const compare::RecordedRun after{.name = "two", .manifest = manifest, .trials = read_back(lines)};
    expect_sound(compare::build_changes(before, after, manifest.baseline, stats::kRunToRunMargin).report);
    expect_sound(compare::build_changes(after, before, manifest.baseline, stats::kRunToRunMargin).report);
    reported += rows.size();
  }
  EXPECT_GT(reported, 50U) << "most rows are still rows";
}

TEST_P(RecordedRows, AreWrittenAgainAsTheyWereRecorded) {
  std::ifstream stream(folder() / journal::kTrialsFile);
  std::size_t rows = 0;
  for (std::string line; std::getline(stream, line); ++rows) {
    ASSERT_EQ(journal::trial_to_json(journal::trial_from_json(line)), line) << "row " << rows;
  }
  EXPECT_GT(rows, 0U);
}

INSTANTIATE_TEST_SUITE_P(Results, RecordedRows, testing::ValuesIn(recorded()), [](const auto& result) {
  std::string name = result.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ForeignRows, OfAProbeWithoutFiguresAreATableWithoutNumbers) {
  const std::vector<journal::Trial> rows = test::mechanism_rows(6);
  expect_sound(build_report(rows, report_info(rows)));
  EXPECT_THAT(terminal_report(build_report(rows, report_info(rows))), testing::HasSubstr("other"));
  ReportInfo against = report_info(rows);
  against.against = "another build";
  expect_sound(build_report(rows, against));
}

TEST(ForeignRows, OfMoreUnitsThanCpusOrWithoutCpusHaveNoLawOfScaling) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 6; ++block) {
    for (const char* subject : {"thread:units=1", "thread:units=2"}) {
      journal::Trial row;
      row.table = row.workload = "count";
      row.params.kind = journal::TrialKind::job;
      row.block = block;
      row.subject = subject;
      row.job = journal::JobRow{};
      row.job->elapsed_ns = 1000;
      rows.push_back(row);
    }
  }
  expect_sound(build_report(rows, report_info(rows)));
}

TEST(ForeignRows, ThatAreRefusedAreToldInOneLine) {
  for (const char* row : {R"({"schema":1,"outcome":"two\nlines"})", R"({"schema":1,"validity":{"two\nlines":7}})",
                          R"({"schema":1,"client":{"latency_us":{"two\nlines":{"p50":"x"}}}})"}) {
    try {
      journal::trial_from_json(row);
      ADD_FAILURE() << row;
    } catch (const std::invalid_argument& refusal) {
      EXPECT_EQ(std::string(refusal.what()).find('\n'), std::string::npos) << refusal.what();
    }
  }
}

TEST(ForeignRows, HaveTheTextsOfTheirTablesInCsv) {
  journal::Trial row;
  row.table = row.workload = "switch";
  row.subject = "switch-pipe";
  row.params.kind = journal::TrialKind::probe;
  row.job = journal::JobRow{};
  row.job->figures = {{"switch_ns", 1500}};
  row.server_receipt = journal::ServerReceipt{};
  row.server_receipt->settings = {{"place", "one CPU"}};
  const std::string csv = csv_report(build_report(std::vector{row}, ReportInfo{}));
  EXPECT_THAT(csv, testing::HasSubstr(",remark,place\r\n"));
  EXPECT_THAT(csv, testing::HasSubstr(",one CPU\r\n"));
}

}  // namespace
}  // namespace bakeoff::report
