// A program that has to be installed. Plain data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bakeoff::subjects {

struct NeededProgram {
  std::string program;  ///< Its name in the manifest, by default its file name.
  std::string package;  ///< The Debian packages that have it; "" where none has: see `how`.
  /// Its file names, the best first; empty: `program` is the only one.
  std::vector<std::string> file_names{};
  /// Folders that are looked into before $PATH: "$JAVA_HOME/bin", "/usr/lib/jvm/*/bin".
  std::vector<std::string> folders{};
  std::string least{};                 ///< The oldest version that will do; "" where any will.
  std::vector<std::string> version{};  ///< The arguments with which it says its version.
  std::string how{};                   ///< How to get it where no package has it.

  // What was found (find_needed.h).
  std::filesystem::path found{};           ///< The one that is taken; "" when there is none.
  std::string found_version{};             ///< Its version, where it was asked for it.
  std::vector<std::string> passed_over{};  ///< Those that were not, each with the reason.
};

}  // namespace bakeoff::subjects
