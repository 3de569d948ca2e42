#include "harness/report/html/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include "harness/report/html/markup.h"
#include "harness/report/html/page_files.h"
#include "harness/report/html/page_rows.h"
#include "harness/report/html/pairs_html.h"
#include "harness/report/html/table_html.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::html {
namespace {

/// The plots of a table that are open at once; the others are one click away.
constexpr std::size_t kOpenPlots = 1;

/// Compressed rows of more bytes than this leave no room for the rest in a page that is easily passed on.
constexpr std::size_t kMostOfRows = 640'000;

constexpr std::string_view kHowToRead = R"html(<details id="how"><summary>How to read this</summary>
<p>Every subject did the same work. In a <em>block</em> each of them ran once, beside the others; a figure is the median over the
blocks. A <em>ratio</em> is taken within each block, so that what the machine did to all of them cancels out; the brackets are its
95&nbsp;% interval. <strong>=</strong> says that the interval contains 1: the two are not told apart.</p>
<p>Subjects that share a <em>letter</em> are not told apart, over all pairs together. The best of a column, and what is not told
apart from it, is shaded. A number that is <s>struck out</s> is void: the trial does not support it, and the reason is shown when
you rest on it or come to it by the keyboard. Other figures do not use it.</p>
<p>In plots a hollow mark is void. Click on the title of a column to sort by it; columns, families and subjects can be hidden. The
address of the page keeps the view.</p>
)html";

constexpr std::string_view kOfRequests = R"html(<p>Read the CPU per request first: it stays true when both sides share a
machine. Lower is cheaper.</p>
)html";

constexpr std::string_view kOfPairs =
    R"html(<p>Above a table any two of its subjects can be compared, in pairs within each
block like the ratios.</p>
)html";

std::string how_to_read(const Report& report, const PageParts& parts) {
  const bool of_requests = std::ranges::any_of(report.tables, [](const Table& table) {
    return std::ranges::find(table.columns, "cpu_us_per_request", &Column::key) != table.columns.end();
  });
  std::string out(kHowToRead);
  if (of_requests) out += kOfRequests;
  if (!parts.pairs.empty()) out += kOfPairs;
  return out + "</details>\n";
}

/// The headings of an answer, one level below those of the page.
std::string answer_html(const std::string& markdown) {
  constexpr char kLowest = '6';
  std::string html = from_markdown(markdown);
  for (const std::string_view tag : {std::string_view("<h"), std::string_view("</h")}) {
    for (std::size_t at = html.find(tag); at != std::string::npos; at = html.find(tag, at + 1)) {
      char& level = html[at + tag.size()];
      const bool is_heading = level >= '1' && level < kLowest && html.compare(at + tag.size() + 1, 1, ">") == 0;
      if (is_heading) ++level;
    }
  }
  return html;
}

/// An identifier of the page: letters, digits and hyphens, and each once.
class Identifiers {
 public:
  std::string of(const std::string& name) {
    std::string id = "t-";
    for (const char c : name) id += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
    while (!taken_.insert(id).second) id += "-";
    return id;
  }

 private:
  std::set<std::string> taken_;
};

/// Drawings that are closed at first, which are most of a page's bytes: compressed, and unpacked by the script.
class PackedPlots {
 public:
  /// The figure for this drawing.
  std::string add(const plots::Plot& plot) {
    if (count_ > 0) drawings_ += kSeparator;
    drawings_ += plot.svg;
    return fmt::format("<figure data-plot=\"{}\"><p class=\"caption\">The script of this page draws it.</p></figure>",
                       count_++);
  }
  std::string html() const { return packed_text("packed", drawings_); }

 private:
  static constexpr char kSeparator = '\x1e';  ///< Stands in no drawing: texts of others are made plain.
  std::string drawings_;
  std::size_t count_ = 0;
};

std::string plots_html(const std::vector<plots::Plot>& plots, PackedPlots& packed) {
  std::string out;
  for (std::size_t i = 0; i < plots.size(); ++i) {
    const bool open = i < kOpenPlots;
    out += fmt::format("<details{}><summary>{}</summary>{}</details>\n", open ? " open" : "", escaped(plots[i].title),
                       open ? "<figure>\n" + plots[i].svg + "</figure>" : packed.add(plots[i]));
  }
  return out;
}

/// The download of the rows, and what it says of itself.
std::string rows_html(const std::string& title, const std::string& rows) {
  std::string packed = gzip_in_base64(rows);
  const bool is_whole = packed.size() / 4 * 3 <= kMostOfRows;
  if (!is_whole) packed = gzip_in_base64(without_slices(rows));
  return fmt::format(
      "<p class=\"download\"><a download=\"{}-trials.jsonl.gz\" href=\"data:application/gzip;base64,{}\">Raw rows of "
      "this "
      "result</a>, compressed, without the histograms{}</p>\n",
      plots::file_name_of(title), packed, is_whole ? "" : ", the slices and the series of warm-ups");
}

std::string view_html(const Report& report) {
  std::vector<std::string> families;
  for (const Table& table : report.tables) {
    if (!table.by_family) continue;
    for (const TableRow& row : table.rows) {
      if (std::ranges::find(families, row.family) == families.end()) families.push_back(row.family);
    }
  }
  std::string out =
      "<div class=\"controls\" hidden><label>show only rows of <input id=\"find\" type=\"search\" size=\"20\" "
      "placeholder=\"all; threads, nginx\"></label> <output id=\"found\" class=\"quiet\"></output>\n";
  for (const std::string& family : families) {
    out += fmt::format("<label><input type=\"checkbox\" checked data-hides=\"{0}\"> {0}</label>\n", escaped(family));
  }
  return out + "</div>\n";
}

/// Who is compared, a line each.
std::string subjects_html(const std::vector<SubjectGloss>& subjects) {
  std::string lines;
  for (const SubjectGloss& one : subjects) {
    if (one.summary.empty()) continue;
    lines += fmt::format("<dt>{}</dt><dd>{}{}</dd>\n", escaped(one.name), escaped(one.summary),
                         one.price.empty() ? "" : escaped(". Its price: " + one.price));
  }
  if (lines.empty()) return "";
  return "<details id=\"subjects\"><summary>What each subject is</summary>\n<dl>\n" + lines + "</dl></details>\n";
}

std::string lines_html(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = "<ul class=\"notes\">\n";
  for (const std::string& line : lines) out += "<li>" + escaped(line) + "</li>\n";
  return out + "</ul>\n";
}

/// A path as an address (RFC 3986): "a b:c#1/report.html" is "a%20b%3Ac%231/report.html".
std::string address_of(const std::string& path) {
  std::string address;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays =
        byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos);
    address += stays ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return address;
}

struct PlacedTable {
  const Table* table;
  std::string id;
};

/// In the order of the page.
std::vector<PlacedTable> placed_tables(const Report& report) {
  Identifiers identifiers;
  std::vector<PlacedTable> tables;
  const auto add = [&](const Table& table) { tables.push_back({&table, identifiers.of(table.name)}); };
  if (report.overview) add(*report.overview);
  for (const Table& table : report.tables) add(table);
  if (report.agreement) add(*report.agreement);
  return tables;
}

std::vector<TableLink> links_of(const std::vector<PlacedTable>& tables) {
  std::vector<TableLink> links;
  for (const auto& [table, id] : tables) links.push_back({table->name, id, table->caption});
  return links;
}

bool has_pairs(const PageParts& parts, const std::string& table) {
  return std::ranges::find(parts.pairs, table, &PairsOfTable::table) != parts.pairs.end();
}

const std::vector<plots::Plot>* plots_of(const PageParts& parts, const std::string& table) {
  const auto found = std::ranges::find(parts.plots, table, &plots::PlotsOfTable::table);
  return found == parts.plots.end() ? nullptr : &found->plots;
}

/// What the script of the index fills in.
constexpr std::string_view kIndexFields =
    R"html(<div class="controls" hidden><label>find <input id="find" type="search" size="30"
placeholder="256 connections, redis"></label> <output id="found" class="quiet"></output></div>
<section class="controls compare" aria-label="two subjects" hidden><div id="pairs-fields"></div>
<output id="pairs-chosen"></output>
<ul id="pairs-found" tabindex="0" aria-label="tables that have both"></ul></section>
)html";

std::string entry_html(const IndexEntry& entry, const std::string& link) {
  std::string out =
      fmt::format("<section class=\"result\">\n<h2><a href=\"{}\">{}</a></h2>\n", link, escaped(entry.title));
  if (!entry.question.empty()) out += fmt::format("<p class=\"question\">{}</p>\n", escaped(entry.question));
  if (!entry.subjects.empty()) {
    std::vector<std::string> names;
    for (const SubjectGloss& one : entry.subjects) names.push_back(one.name);
    out += "<p class=\"caption\">compares " + escaped(listed(names)) + "</p>\n";
  }
  if (!entry.answer.empty()) out += "<div class=\"answer\">" + from_markdown(entry.answer) + "</div>\n";
  if (!entry.tables.empty()) {
    out += "<nav aria-label=\"" + escaped(entry.title) + "\">\n";
    for (const TableLink& table : entry.tables) {
      out += fmt::format("<a href=\"{}#{}\">{}</a>\n", link, table.id, escaped(table.name));
    }
    out += "</nav>\n";
  }
  const std::string when = entry.date + (entry.date.empty() || entry.machine.empty() ? "" : " · ") + entry.machine;
  if (!when.empty()) out += "<p class=\"caption\">" + escaped(when) + "</p>\n";
  return out + "</section>\n";
}

}  // namespace

std::string html_page(const Report& report, const PageParts& parts) {
  const std::string title = report.experiment.empty() ? "bakeoff" : report.experiment;
  const std::vector<PlacedTable> tables = placed_tables(report);

  std::string out = page_head(title + " · bakeoff", kPageJs);
  if (!parts.index.empty()) out += fmt::format("<nav><a href=\"{}\">all results</a></nav>\n", address_of(parts.index));
  out += fmt::format("<h1>{}</h1>\n", escaped(title));
  if (!report.question.empty()) out += fmt::format("<p class=\"question\">{}</p>\n", escaped(report.question));
  if (!parts.answer.empty()) {
    out += "<section class=\"answer\" aria-label=\"the answer\">\n" + answer_html(parts.answer) + "</section>\n";
  }
  out += lines_html(report.head);
  out += "<nav aria-label=\"tables\">\n";
  for (const auto& [table, id] : tables) out += fmt::format("<a href=\"#{}\">{}</a>\n", id, escaped(table->name));
  out += "<a href=\"#machine\">machine</a>\n</nav>\n";
  out += how_to_read(report, parts) + subjects_html(parts.subjects) + view_html(report);
  PackedPlots packed;
  for (const auto& [table, id] : tables) {
    out += table_html(*table, id, has_pairs(parts, table->name) ? place_for_pairs(table->name) : "");
    if (const auto* drawn = plots_of(parts, table->name)) out += plots_html(*drawn, packed);
  }
  out += "<h2 id=\"machine\">Machine and versions</h2>\n" + lines_html(report.foot);
  if (!parts.rows.empty()) out += rows_html(title, parts.rows);
  const std::vector<TableLink> links = links_of(tables);
  const ComparedResult compared{.title = title, .question = "", .link = "", .tables = links, .pairs = parts.pairs};
  return out + packed.html() + packed_pairs({&compared, 1}, parts.subjects) + page_end(kPageJs);
}

std::vector<TableLink> table_links(const Report& report) {
  return links_of(placed_tables(report));
}

std::string html_index(const std::vector<IndexEntry>& entries) {
  std::string out = page_head("results · bakeoff", kIndexJs);
  out += "<h1>Results</h1>\n" + std::string(kIndexFields);
  std::vector<ComparedResult> compared;
  std::vector<SubjectGloss> subjects;
  for (const IndexEntry& entry : entries) {
    const std::string link = address_of(entry.link);
    out += entry_html(entry, link);
    compared.push_back({entry.title, entry.question, link, entry.tables, entry.pairs, entry.why});
    for (const SubjectGloss& one : entry.subjects) {
      const bool known = std::ranges::find(subjects, one.name, &SubjectGloss::name) != subjects.end();
      if (!known && !one.summary.empty()) subjects.push_back(one);
    }
  }
  return out + packed_pairs(compared, subjects) + page_end(kIndexJs);
}

}  // namespace bakeoff::report::html
