// The comparison of any two subjects: its numbers, packed for the script, and the place where it is shown. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/report/pairs.h"

namespace bakeoff::report::html {

/// What a subject is and what it costs, each in a few words.
struct SubjectGloss {
  std::string name, summary, price;
};

/// A table of a page, with the identifier of its heading.
struct TableLink {
  std::string name, id, caption;
};

/// The pairs of a result, and where they are shown.
struct ComparedResult {
  std::string title, question;
  std::string link;  ///< The address of its page; "" for the page itself.
  std::span<const TableLink> tables;
  std::span<const PairsOfTable> pairs;
  std::string
      why{};  ///< What makes its subjects differ, in a sentence or two of its answer; "" where that does not say.
};

/// "" where no result has a pair.
std::string packed_pairs(std::span<const ComparedResult> results, std::span<const SubjectGloss> subjects);

/// Filled in by the script.
std::string place_for_pairs(const std::string& table);

}  // namespace bakeoff::report::html
