#include "harness/subjects/foreign_program.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/measure/system_error.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/path_access.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHome = "server";

void give(const fs::path& path, const Identity& identity) {
  if (::lchown(path.c_str(), identity.uid, identity.gid) != 0)
    measure::throw_system_error("give " + path.string() + " to another user");
}

/// Gives the program's folder to its user. The folder around it stays the harness's, and that user may pass through it
/// only when everything has been given: so nobody else can have put a link among what is given.
void give_home(const fs::path& home, const Identity& identity) {
  for (const auto& entry : fs::recursive_directory_iterator(home)) give(entry.path(), identity);
  give(home, identity);
  const fs::path folder = home.parent_path();
  constexpr mode_t kWayThrough = S_IRWXU | S_IXGRP;
  if (::lchown(folder.c_str(), static_cast<uid_t>(-1), identity.gid) != 0 || ::chmod(folder.c_str(), kWayThrough) != 0)
    measure::throw_system_error("let another user through " + folder.string());
}

/// "nobody (uid 65534)".
std::string user_of(const Command& command) {
  return fmt::format("{} (uid {})", command.identity ? "nobody" : "this user",
                     command.identity.value_or(foreign_identity()).uid);
}

}  // namespace

void require_reachable(const Command& command, const fs::path& folder) {
  // The user who has just made the folder can enter it, if need be by a list of groups or of rights.
  const std::string closed = command.identity ? inaccessible_folder(folder, *command.identity) : "";
  if (closed.empty()) return;
  throw SubjectError(journal::Outcome::not_run,
                     fmt::format("{} cannot be reached as {}, as whom it runs: {}; set TMPDIR to a folder that is open",
                                 folder.string(), user_of(command), closed));
}

SubjectError not_executed(const Command& command, const CannotExecute& error) {
  const fs::path program = command.directory / command.argv.front();
  const Identity user = command.identity.value_or(foreign_identity());
  return {journal::Outcome::not_run, fmt::format("{} cannot be executed as {}, as whom it runs: {}", program.string(),
                                                 user_of(command), why_not_executable(program, user, error.what()))};
}

Identity foreign_identity() {
  return ::geteuid() == 0 ? Identity{} : Identity{::geteuid(), ::getegid()};
}

fs::path foreign_home(const fs::path& folder) {
  return folder / kHome;
}

fs::path make_foreign_home(const fs::path& folder) {
  fs::path home = foreign_home(folder);
  if (::mkdir(home.c_str(), S_IRWXU) != 0) measure::throw_system_error("create " + home.string());
  return home;
}

std::vector<std::string> foreign_environment(const fs::path& home) {
  return {"HOME=" + home.string(),   "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "PATH=" + search_path(),
          "TMPDIR=" + home.string(), "TZ=UTC"};
}

Command foreign_command(std::vector<std::string> argv, const fs::path& folder) {
  const fs::path home = folder / kHome;
  Command command;
  command.argv = std::move(argv);
  // Where it is found is not left to what another user finds.
  if (const fs::path program = find_program(command.argv.front()); !program.empty()) command.argv.front() = program;
  command.directory = home;
  command.error_file = folder / "output";
  command.output_to_error_file = true;
  command.environment = foreign_environment(home);
  command.most_file_bytes = kMostFileBytes;
  if (::geteuid() == 0) {
    command.identity = foreign_identity();
    give_home(home, *command.identity);
  }
  return command;
}

}  // namespace bakeoff::subjects
