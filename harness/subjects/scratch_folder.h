// A private folder for one trial, which is removed with everything in it, also after its maker was killed.
//
//     $TMPDIR/bakeoff-123-abcdef/      only its maker writes in it
//         owner                        the marker: a line that names this very folder, then the cgroups made for it
//         bakeoff-123-abcdef/          path(): the trial's, to be given to the user that the subject runs as
//
// The marker is the proof that a folder may be removed: it is a file of this user's, it names the folder and its inode,
// so that a copy proves nothing, and its maker holds a lock on it for as long as it lives, in any pid namespace.
// A name alone is no reason to remove anything.
#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::subjects {

class ScratchFolder {
 public:
  /// Begins its name; the maker's process number follows, for people who look.
  static constexpr std::string_view kPrefix = "bakeoff-";

  /// Throws std::system_error naming the folder, and TMPDIR, which may name another place.
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  /// Its last part is a name that no other folder has, for what is made beside it.
  const std::filesystem::path& path() const { return path_; }

  /// Writes down cgroups, by their cgroup.procs files: they are removed with the folder if it is found abandoned.
  void remember_cgroups(const std::vector<std::filesystem::path>& join_files) const;

 private:
  std::filesystem::path outer_, path_;
  measure::OwnedDescriptor marker_;  ///< Holds the lock.
};

/// Removes the scratch folder at `outer` and the empty cgroups that it remembers, when it is proven to be one and its
/// maker is gone; waits up to `patience` for that end. False, with nothing touched, when that is not proven.
bool remove_abandoned(const std::filesystem::path& outer, std::chrono::milliseconds patience = {});

}  // namespace bakeoff::subjects
