// An architecture decision record in the form of MADR 4.0.0 (https://adr.github.io/madr/): context, drivers, options,
// outcome, consequences, confirmation, pros and cons. Every figure has its interval, and behind the options stands
// which rows it comes from. Pure.
#pragma once

#include <string>

#include "harness/decide/decision.h"

namespace bakeoff::decide {

/// What the record says beside the measurements.
struct RecordFacts {
  std::string date;     ///< "2026-11-30"
  std::string folder;   ///< In which the phases lie, as a reader finds them.
  std::string profile;  ///< The file of the profile, for the confirmation.
  std::string machine;  ///< In words.
  std::string build;    ///< "bakeoff 0.9 (1a2b3c4)"
};

std::string decision_record(const Decision& decision, const RecordFacts& facts);

/// The command that measures again and exits with 3 when the decision does not hold; "" where nobody was chosen.
std::string confirmation_command(const Decision& decision, const std::string& profile);

}  // namespace bakeoff::decide
