// A sentence that is taught about concurrency, and the cells of recorded experiments that decide it. Plain data; read
// from reference/claims/*.toml (claim_file.h).
#pragma once

#include <string>
#include <vector>

#include "harness/stats/compare.h"

namespace bakeoff::claims {

/// Where a claim is true in a cell: both ends belong to it. One of them is infinite where only the other is given.
struct Wanted {
  std::string text;  ///< As written: "5..50", "< 3", ">= 10", "some > 0".
  stats::Interval range;
  bool excludes_end = false;  ///< "<" or ">": the end that is given does not belong to it.
  bool some = false;          ///< One block is enough: what can happen, not what does in the middle.
};

/// One subject in one table of one experiment, or its ratio to another there.
struct ClaimCell {
  std::string result;  ///< The experiment: the name of its folder of results.
  std::string table;
  std::string subject;
  std::string against;        ///< "": the figure itself, in the unit of its name.
  std::string against_table;  ///< Where that other one stands, if in another table of the experiment; "": in the same.
  std::string figure;         ///< The key of a column, as JSON has it: "switch_ns".
  Wanted is;
  std::string scope;    ///< In what the cells of a claim differ: "on one CPU".
  std::string half;     ///< Which half of a claim of two it decides; "" for a claim of one.
  std::string place{};  ///< "FILE:LINE", for messages.
};

struct Claim {
  std::string id;          ///< "F-SW-3"
  std::string theme;       ///< The title of its file.
  std::string file;        ///< Where it was read; experiments of its author lie beside it.
  bool statement = false;  ///< Of a teaching text, from a file of statements, and not a claim with a source of its own.
  std::string sentence;    ///< In our own words.
  std::string source;      ///< Who says so.
  std::string evidence;    ///< How the source was read: kEvidence.
  std::string figure;      ///< The published one, with its unit; "" for a sentence without a number.
  std::string mechanism;
  std::string command;               ///< That shows it alone; "" where none does.
  std::vector<std::string> related;  ///< Other claims.
  std::vector<ClaimCell> cells;
  std::vector<std::string> same_as;  ///< Claims that say the same: their cells decide this one, which has none.
  std::string missing;               ///< What there would have to be, where no cell decides it yet.
  std::string untestable;            ///< Why no machine alone can decide it.
};

/// read: the source itself; quoted: a text that quotes it; remembered: neither, so that its figure is left out.
inline const std::vector<std::string> kEvidence{"read", "quoted", "remembered"};

}  // namespace bakeoff::claims
