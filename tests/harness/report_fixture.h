// Rows made up for the report tests: every number is fixed, no clock, no randomness.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/report/table.h"

namespace bakeoff::test {

/// What one subject costs, in its middle block.
struct Costs {
  std::string subject;
  double cpu_us = 1, rps = 1, p50_us = 1, p99_us = 1, switches = 0, pss_mib = 1;
};

/// One good row of a server table. Blocks differ by some percent, the same for all subjects, and a subject by less.
Trial server_row(const Costs& costs, int block);

/// Four subjects in `blocks` blocks of table "http": threads and fibers cost nearly the same.
std::vector<Trial> http_rows(int blocks);

/// Three subjects in `blocks` blocks of job "count".
std::vector<Trial> count_rows(int blocks);

/// An http table in which much goes wrong: subjects that starve, die and are missing, rows that are noisy.
std::vector<Trial> troubled_rows();

ReportInfo report_info();

/// The reports of the golden files: all is well in eight blocks of two tables; and of troubled_rows().
Report good_report();
Report troubled_report();

}  // namespace bakeoff::test
