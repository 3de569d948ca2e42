#include "tests/conformance/files.h"

#include "harness/subjects/file_folder.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {

const std::filesystem::path& files_root() {
  static const TemporaryFolder folder;
  static const bool made = (subjects::make_files(folder.path(), kFiles), true);
  static_cast<void>(made);
  return folder.path();
}

}  // namespace bakeoff::conformance
