#include "harness/subjects/version.h"

#include <unistd.h>

#include <system_error>

#include "harness/experiment/scratch_folder.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/process.h"
#include "harness/subjects/stranger.h"

namespace bakeoff {
namespace {

constexpr std::uint64_t kMostAnswerBytes = 64 << 10;

}  // namespace

std::string ask_version(const Subject& subject, std::chrono::milliseconds patience) try {
  if (!subject.foreign || subject.foreign->version.empty() || !subject.missing.empty()) return "";
  const ScratchFolder folder;
  make_stranger_home(folder.path());
  Command command = stranger_command(subject.foreign->version, folder.path());
  command.most_file_bytes = kMostAnswerBytes;
  const std::vector<pid_t> before = descendants(::getpid());
  Process process = Process::start(command);
  process.wait(patience);
  process.stop(SIGKILL, std::chrono::milliseconds{0});
  end_what_was_left(before);
  return process.first_words();
} catch (const std::system_error&) {
  return "";
}

}  // namespace bakeoff
