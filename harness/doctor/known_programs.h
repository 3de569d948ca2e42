// The programs that the doctor looks for, as data, and how those that are missing are installed. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// The servers of the experiments with real ones first, then what else is of use.
const std::vector<UsefulProgram>& known_programs();

/// The command that installs these packages of Debian's, each once.
std::string install_command(const DoctorFacts& facts, const std::vector<std::string>& packages);

/// One way to get what is missing.
struct Installation {
  std::string purpose;  ///< What the packages are for.
  std::string command;  ///< To be copied as a whole.
  std::string stop;     ///< What stops the services that the packages start; "" where none does.
};

/// That of the servers, then that of everything optional; each only when something of it is missing.
std::vector<Installation> installations(const DoctorFacts& facts);

}  // namespace bakeoff::doctor
