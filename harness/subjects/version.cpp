#include "harness/subjects/version.h"

#include <unistd.h>

#include <system_error>

#include "harness/measure/process_tree.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::subjects {
namespace {

constexpr std::uint64_t kMostAnswerBytes = 64 << 10;

}  // namespace

std::string ask_version(const Subject& subject, std::chrono::milliseconds patience) try {
  if (!subject.foreign || subject.foreign->version.empty() || !subject.missing.empty()) return "";
  const ScratchFolder folder;
  make_foreign_home(folder.path());
  Command command = foreign_command(subject.foreign->version, folder.path());
  command.most_file_bytes = kMostAnswerBytes;
  const std::vector<pid_t> before = measure::descendants(::getpid());
  Process process = Process::start(command);
  process.wait(patience);
  process.stop(SIGKILL, std::chrono::milliseconds{0});
  kill_orphans(before);
  return process.first_output();
} catch (const std::system_error&) {
  return "";
}

}  // namespace bakeoff::subjects
