// A decision as a table and sentences, for the writers of the report. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/decide/decision.h"
#include "harness/report/table.h"

namespace bakeoff::decide {

/// A row for each candidate that was measured, in the order of their standing; the notes name the excluded ones.
report::Table verdict_table(const Decision& decision);

/// "the choice", "dominated", "misses p99".
std::string standing_in_words(const Assessment& one);

/// What the profile asks, in two lines.
std::vector<std::string> profile_sentences(const Decision& decision);

/// The highest rates and what would turn the decision, a sentence each; empty where neither was measured.
std::vector<std::string> headroom_sentences(const Decision& decision);
std::vector<std::string> sensitivity_sentences(const Decision& decision);

}  // namespace bakeoff::decide
