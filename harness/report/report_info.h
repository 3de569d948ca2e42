// What a report takes from the manifest of a result folder.
#pragma once

#include "harness/journal/manifest.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// Names, orders and the foot: machine, build, seed, and what could not be read or set.
ReportInfo report_info(const journal::Manifest& manifest);

/// The same of a folder that has lost its manifest: the experiment's name, and the first subject as the baseline.
ReportInfo report_info(std::span<const journal::Trial> rows);

/// Processor, CPUs, memory, kernel: what of it is known, as "AMD EPYC, 2 CPUs, 8.0 GiB".
std::string machine_in_words(const measure::MachineFacts& machine);

/// Which rule ended the run: "all blocks ran (12 blocks)", or table by table where they differ.
std::string end_in_words(const journal::EndFacts& ended);

/// "14 noisy trials were run once more, 3 came out quiet, 20 more were not: the noise lasted, and repeating was given
/// up"
std::string repeats_in_words(const journal::RepeatFacts& repeats);

}  // namespace bakeoff::report
