// The real bakeoff, run as a user runs it.
#pragma once

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {

/// One trial, as short as it can be.
inline constexpr const char* kTinyExperiment = R"(name = "tiny"
subjects = ["threads"]
blocks = 1
[[tables]]
workload = "echo"
connections = 1
window_s = 0.05
warmup_s = 0
)";

/// One call of a program, started; finish() waits for its end.
class Call {
 public:
  Call(const std::filesystem::path& program, const std::vector<std::string>& arguments,
       const std::vector<std::string>& prefix = {})
      : process_(start(program, arguments, prefix)) {}

  struct Result {
    int status = -1;  ///< Exit status; 128 + signal when it was killed.
    std::string output, errors;
  };
  subjects::Process& process() { return process_; }

  Result finish(std::chrono::milliseconds timeout = std::chrono::seconds{100}) {
    Result result;
    while (const auto line = process_.read_line(timeout)) result.output += *line + "\n";
    const auto ended = process_.wait(timeout);
    if (ended) result.status = ended->exited ? ended->status : 128 + ended->signal;
    result.errors = test::contents_of(folder_.path() / "stderr");
    return result;
  }
  std::string errors_so_far() const { return test::contents_of(folder_.path() / "stderr"); }

 private:
  subjects::Process start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& prefix) {
    subjects::Command command;
    command.argv = prefix;
    command.argv.push_back(program.string());
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.error_file = folder_.path() / "stderr";
    return subjects::Process::start(command);
  }

  subjects::ScratchFolder folder_;
  subjects::Process process_;
};

inline std::filesystem::path bakeoff_program() {
  return std::filesystem::path(BAKEOFF_BIN_DIR) / "bakeoff";
}

inline Call::Result bakeoff_call(const std::vector<std::string>& arguments) {
  return Call(bakeoff_program(), arguments).finish();
}

/// Sentences that were broken at the terminal's width, in one line again.
inline std::string unwrapped(const std::string& text) {
  return std::regex_replace(text, std::regex("\r?\n +"), " ");
}

}  // namespace bakeoff::e2e
