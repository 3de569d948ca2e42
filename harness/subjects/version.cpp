#include "harness/subjects/version.h"

#include <unistd.h>

#include <system_error>

#include "harness/measure/process_tree.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/template.h"

namespace bakeoff::subjects {
namespace {

constexpr std::uint64_t kMostAnswerBytes = 64 << 10;

}  // namespace

std::string first_line_of(const std::vector<std::string>& words, std::chrono::milliseconds patience) try {
  const ScratchFolder folder;
  make_foreign_home(folder.path());
  Command command = foreign_command(words, folder.path());
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

std::string ask_version(const Subject& subject, std::chrono::milliseconds patience) {
  if (!subject.foreign || subject.foreign->version.empty() || !subject.missing.empty()) return "";
  std::vector<std::string> words;
  for (const std::string& word : subject.foreign->version) words.push_back(fill_in(word, paths_of(*subject.foreign)));
  return first_line_of(words, patience);
}

}  // namespace bakeoff::subjects
