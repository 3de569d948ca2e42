// A report as one page of HTML: it opens from a disk, and asks nobody for anything. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/html/pairs_html.h"
#include "harness/report/pairs.h"
#include "harness/report/plots/plots.h"
#include "harness/report/table.h"

namespace bakeoff::report::html {

/// What a page has beside the report.
struct PageParts {
  std::string index{};                       ///< The address of the index that it is in; "" for none.
  std::string answer{};                      ///< Markdown: what the result says, in words; "" where nobody wrote it.
  std::vector<plots::PlotsOfTable> plots{};  ///< In the order of the tables.
  std::vector<PairsOfTable> pairs{};
  std::vector<SubjectGloss> subjects{};
  std::string rows{};  ///< trials.jsonl, to be downloaded from the page; "" for none.
};

std::string html_page(const Report& report, const PageParts& parts);

/// In the order of the page.
std::vector<TableLink> table_links(const Report& report);

/// A result in the index of many.
struct IndexEntry {
  std::string title, question;
  std::string link;      ///< The path of its page, relative to the index.
  std::string answer{};  ///< Markdown of one paragraph; "" for none.
  std::string why{};     ///< As ComparedResult::why.
  std::vector<TableLink> tables{};
  std::vector<PairsOfTable> pairs{};
  std::vector<SubjectGloss> subjects{};  ///< Of all its tables, each once.
  std::string date{}, machine{};
};

std::string html_index(const std::vector<IndexEntry>& entries);

}  // namespace bakeoff::report::html
