// BAKEOFF_SOURCE_DIR and BAKEOFF_BIN_DIR are given to this file alone, so that moving the checkout rebuilds one file.
#include "harness/subjects/install_paths.h"

#include <system_error>

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

bool runs_from_build_tree() {
  std::error_code failed;
  return fs::equivalent(executable_directory(), BAKEOFF_BIN_DIR, failed) && !failed;
}

// `installed` below <prefix>/share/bakeoff, or `source` of the source tree where this is a build, or where there is no
// installed one (a test binary that was copied somewhere).
fs::path data_directory(const char* installed, const char* source) {
  auto in_source = fs::path{BAKEOFF_SOURCE_DIR} / source;
  if (runs_from_build_tree()) return in_source;
  auto beside = executable_directory().parent_path() / "share" / "bakeoff" / installed;
  std::error_code failed;
  if (fs::is_directory(beside, failed) || !fs::is_directory(in_source, failed)) return beside;
  return in_source;
}

}  // namespace

fs::path executable_directory() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

fs::path subject_program() {
  return executable_directory() / "bakeoff-subject";
}

fs::path experiments_directory() {
  return data_directory("experiments", "harness/experiment");
}

fs::path profiles_directory() {
  return data_directory("profiles", "harness/decide/profiles");
}

fs::path results_directory() {
  return data_directory("results", "results");
}

fs::path reference_directory() {
  return data_directory("reference", "reference");
}

}  // namespace bakeoff::subjects
