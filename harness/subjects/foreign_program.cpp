#include "harness/subjects/foreign_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/measure/system_error.h"
#include "harness/subjects/find_program.h"

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

}  // namespace

Identity foreign_identity() {
  return ::geteuid() == 0 ? Identity{} : Identity{::geteuid(), ::getegid()};
}

fs::path make_foreign_home(const fs::path& folder) {
  fs::path home = folder / kHome;
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
