// bakeoff make-files FOLDER: a set of files, for GET /file/<k> of any server.
#include <fmt/format.h>

#include <stdexcept>

#include "harness/commands/commands.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/file_folder.h"
#include "workloads/file_set.h"

namespace bakeoff::commands {

int make_files_command(const MakeFilesOptions& options) {
  const workloads::FileSet set{.count = options.count, .bytes = options.bytes};
  std::uint64_t total = 0;
  try {
    total = workloads::FileSizes(set).total();
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--bytes: ") + error.what());
  }
  subjects::make_files(options.folder, set);
  constexpr double kMib = 1024.0 * 1024;
  const std::string folder = measure::shell_word(options.folder.string());
  fmt::print(
      "{} files of {:.1f} MiB in all lie in {}. Try:\n  bakeoff serve event-loops http --files {} --port 8080\n"
      "  bakeoff load 'http://127.0.0.1:8080/file/{{zipf:{},0.8}}'\n",
      set.count, static_cast<double>(total) / kMib, folder, folder, set.count);
  return kDone;
}

}  // namespace bakeoff::commands
