#include "harness/subjects/abandoned_folders.h"

#include <filesystem>
#include <system_error>

#include "harness/subjects/scratch_folder.h"

namespace bakeoff::subjects {

void remove_abandoned_folders() {
  std::error_code unreadable;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(unreadable);
  if (unreadable) return;
  for (const auto& entry : std::filesystem::directory_iterator(parent, unreadable)) {
    // The name only says which are worth a look.
    if (entry.path().filename().string().starts_with(ScratchFolder::kPrefix)) remove_abandoned(entry.path());
  }
}

}  // namespace bakeoff::subjects
