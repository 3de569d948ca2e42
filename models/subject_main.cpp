// bakeoff-subject: the models and the server side of the workloads, and nothing else, so that the memory and the CPU
// time of this process are the model's own. This file is a table of contents, and the only place that catches errors.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>

#include "models/subject/arguments.h"
#include "models/subject/commands.h"

namespace bakeoff::models::subject {

namespace {

constexpr const char* kUsage =
    "bakeoff-subject describe\n"
    "bakeoff-subject serve MODEL WORKLOAD [--address 127.0.0.1] [--port 0] [--units N] [--set NAME=VALUE]...\n"
    "                                     [--unix-socket PATH]  (instead of address and port)\n"
    "                                     [--store unshared|locked|process_shared] [--message-bytes N]\n"
    "                                     [--store-bytes N] [--unread-bytes N]\n"
    "                                     [--check]  (serves nothing: only says what is wrong with the other words)\n"
    "      wrong on purpose:              [--fault-stall-at REQUEST --fault-stall-ms MS] [--fault-wrong-every N] "
    "[--null]\n"
    "bakeoff-subject job EXECUTOR-OR-MODEL JOB [--units N] [--size S] [--set NAME=VALUE]... [--check]\n"
    "bakeoff-subject probe PROBE [--set NAME=VALUE]... [--check]\n"
    "bakeoff-subject work EXECUTOR --queue 127.0.0.1:PORT [--units N] [--acknowledge after|before]\n"
    "                                     [--set NAME=VALUE]... [--check]";

struct Command {
  std::string_view name;
  int (*run)(std::span<const char* const> words);
};
constexpr std::array kCommands{
    Command{"describe", describe_command}, Command{"serve", serve_command}, Command{"job", job_command},
    Command{"probe", probe_command},       Command{"work", work_command},
};

/// The program may have been started without a stdout. The next descriptor that is opened would take its number, and
/// all that is printed would go there. So a missing one is opened in such a way that printing fails. False without
/// /dev/null.
bool open_missing_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    if (::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) != fd) return false;
  }
  return true;
}

int run(std::span<const char* const> words) {
  if (!open_missing_descriptors()) return 1;
  if (words.empty())
    throw ArgumentError("found no command, expected describe, serve, job, probe or work (--help shows them)");
  if (words[0] == std::string_view("--help") || words[0] == std::string_view("-h")) return print_line(kUsage) ? 0 : 1;
  const auto command = std::ranges::find(kCommands, words[0], &Command::name);
  if (command == kCommands.end()) throw unknown_name("command", words[0], names_of(kCommands));
  return command->run(words.subspan(1));
}

int complain(const std::exception& error, int status) {
  std::fprintf(stderr, "bakeoff-subject: %s\n", error.what());
  return status;
}

}  // namespace
}  // namespace bakeoff::models::subject

int main(int argc, char** argv) try {
  return bakeoff::models::subject::run(
      std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
} catch (const bakeoff::models::subject::ArgumentError& error) {
  return bakeoff::models::subject::complain(error, 2);
} catch (const std::invalid_argument& error) {
  return bakeoff::models::subject::complain(error, 2);
} catch (const std::exception& error) {
  return bakeoff::models::subject::complain(error, 1);
}
