// A report as CSV for R, pandas and the like: tidy, with one row per metric of a subject. The columns are the same
// for every report; further texts of its tables follow them.
//
// RFC 4180: lines end with CR LF, a field with a comma, a quote or a line's end stands in quotes. What is unknown is
// empty, never 0. Numbers have six significant digits, as in the JSON document. Leaves out captions, notes and the
// foot: they are for people.
#pragma once

#include <string>

#include "harness/report/table.h"

namespace bakeoff::report {

/// The columns, in order:
///   experiment, table, subject   names
///   like                         real systems that made the subject's choice
///   executor                     of a job
///   metric, unit                 the field of the row (results/README.md); "ratio" is of the table's first metric
///   baseline                     of a ratio
///   value                        the median over the blocks; a void one keeps its number
///   low, high                    the interval of a ratio
///   tied                         true: that interval contains 1
///   letters                      subjects that share one are not told apart
///   best                         true: the best, or not told apart from it
///   void                         the reason for which the value may not be believed
///   blocks                       values that the median is of
///   remark                       why a subject has no numbers: "not-run: needs nginx"; such a subject is one row
/// and, in results that know it, `family`: a runtime's language, or what a subject is ("models");
/// and, where a table has them, texts that it shows beside its numbers, by their keys: the place of a probe, a verdict.
std::string csv_report(const Report& report);

}  // namespace bakeoff::report
