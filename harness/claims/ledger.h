// The ledger: every claim with its verdict, as tables for the writers of reports and as text for a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/claims/judge.h"
#include "harness/report/table.h"

namespace bakeoff::claims {

/// "1.09 [1.02, 1.17] (on one CPU); 1.21 [1.16, 1.25] (...)": what its cells measured.
std::string measured_in_words(const ClaimRuling& ruling);

/// "116 claims: 31 confirmed, 22 refuted, ..."
std::string counts_in_words(const std::vector<ClaimRuling>& rulings);

/// A table for each theme, in the order of the rulings; the counts in the foot.
report::Report ledger_report(const std::vector<ClaimRuling>& rulings);

/// The same for a terminal or a pipe, in lines of at most `width` columns.
std::string ledger_text(const std::vector<ClaimRuling>& rulings, std::size_t width);

/// The lines of one claim in it.
std::string entry_text(const ClaimRuling& ruling, std::size_t width);

/// One claim with all that is known of it: who says it, each cell, the mechanism, and the command that shows it alone.
std::string claim_text(const ClaimRuling& ruling, std::size_t width);

}  // namespace bakeoff::claims
