// What the checks of the comparison have in common: an experiment as plain data, and what its rows come to. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/stats/compare.h"
#include "harness/stats/summary.h"
#include "harness/subjects/subject.h"

namespace bakeoff::selftest {

struct Experiment {
  experiment::Spec spec;
  std::vector<subjects::Subject> subjects;  ///< By the names of spec.subjects: models, or variants of them.
};

/// The subject under another name, with more arguments.
subjects::Subject renamed_subject(subjects::Subject subject, const std::string& name,
                                  const std::vector<std::string>& arguments = {});

/// CPU per request of a subject in each block of a table, as the report would take it: absent where it is void.
stats::Series cpu_us_per_request(const std::vector<journal::Trial>& rows, const std::string& table,
                                 const std::string& subject);

/// The first failure in the rows that the experiment did not provoke and that noise does not explain: errors, wrong
/// answers, receipts that differ, a death, a limit. "" when there is none. Too little time (starved, overloaded) is no
/// such failure.
std::string unexpected_failure(const std::vector<journal::Trial>& rows);

/// The reason that voided CPU per request in most rows, in words; "" when none is void.
std::string commonest_void_reason(const std::vector<journal::Trial>& rows);

/// "1.031 [1.012, 1.049]"
std::string ratio_text(const stats::Ratio& ratio);
std::string interval_text(const stats::Interval& interval);

}  // namespace bakeoff::selftest
