// Sweeps: a number of a table that is a list makes a table of each value. And `--set`: numbers that the command line
// gives a table instead of the file's.
#pragma once

#include <toml++/toml.h>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {

/// The table at one value of its list.
struct SectionAtPoint {
  input::TomlSection section;           ///< With the value in place of the list.
  std::optional<PlaceInSweep> point{};  ///< Without the sweep's name, which the table's is.
  std::string suffix{};                 ///< Of the table's name: "-16".
};

/// One for each value of the section's list, in the order of the file; the section alone where it has none. Throws
/// InputError for a list where the key takes none, an empty one, a second list, a value that is no number, and a value
/// that is there twice.
std::vector<SectionAtPoint> points_of(const input::TomlSection& section);

/// What `--set KEY=VALUE` gives the tables of an experiment.
class GivenNumbers {
 public:
  /// `words` are "connections=128" or "connections=[1,4,16]". Throws InputError "--set: ..." for an unknown key, a key
  /// that is there twice, and what is neither a number nor a list.
  explicit GivenNumbers(std::span<const std::string> words);

  /// The section with those of the numbers that a table of its kind takes. This must outlive the result.
  input::TomlSection apply(const input::TomlSection& table);

  /// Throws InputError for a key that no table has taken.
  void expect_all_taken() const;

 private:
  struct Given {
    std::string key;
    toml::table document;  ///< One key, "value".
    bool taken = false;
  };
  std::vector<Given> given_;
};

}  // namespace bakeoff::experiment
