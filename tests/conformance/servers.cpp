#include "tests/conformance/servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "tests/conformance/connection.h"

namespace bakeoff::conformance {
namespace {

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

void await_line(subjects::Process& process, std::string_view text, const std::string& name) {
  std::string said;
  for (int lines = 0; lines < 100; ++lines) {
    const auto line = process.read_line(kPatience);
    if (!line) break;
    if (line->find(text) != line->npos) return;
    said += *line + "\n";
  }
  throw std::runtime_error(name + " does not get ready: " + said);
}

}  // namespace

std::string redis_program() {
  std::string_view path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "/usr/bin";
  while (!path.empty()) {
    const auto colon = path.find(':');
    std::string candidate = std::string(path.substr(0, colon)) + "/redis-server";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    path = colon == path.npos ? std::string_view{} : path.substr(colon + 1);
  }
  return {};
}

Redis::Redis(const std::string& program) : port_(free_port()), process_(start(program, port_, folder_.path())) {
  await_line(process_, "Ready to accept connections", "redis-server");
}

subjects::Process Redis::start(const std::string& program, std::uint16_t port, const std::filesystem::path& folder) {
  subjects::Command command;
  command.argv = {program,  "--save",    "",      "--appendonly", "no", "--port", std::to_string(port),
                  "--bind", "127.0.0.1", "--dir", folder.string()};
  return subjects::Process::start(command);
}

std::filesystem::path postgres_programs() {
  std::filesystem::path newest;
  int newest_version = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    const std::filesystem::path programs = entry.path() / "bin";
    if (version <= newest_version || ::access((programs / "initdb").c_str(), X_OK) != 0) continue;
    newest_version = version;
    newest = programs;
  }
  return newest;
}

Postgres::Postgres(const std::filesystem::path& programs, const std::string& statements)
    : port_(free_port()), process_(serve(programs, statements)) {
  await_line(process_, "ready to accept connections", "PostgreSQL");
}

subjects::Process Postgres::start(std::vector<std::string> argv) const {
  subjects::Command command;
  // It says on stderr what it does.
  command.argv = {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1"};
  command.argv.insert(command.argv.end(), argv.begin(), argv.end());
  command.directory = folder_.path();
  if (::geteuid() == 0) command.identity = subjects::Identity();
  return subjects::Process::start(command);
}

void Postgres::run(const std::vector<std::string>& argv, const std::string& input) const {
  subjects::Process process = start(argv);
  process.write(input);
  process.close_input();
  std::string said;
  while (const auto line = process.read_line(kPatience)) said += *line + "\n";
  const subjects::ExitResult ended = process.stop(0, kPatience);
  if (!ended.exited || ended.status != 0) throw std::runtime_error(argv[0] + " " + ended.describe() + ": " + said);
}

subjects::Process Postgres::serve(const std::filesystem::path& programs, const std::string& statements) const {
  const subjects::Identity nobody;
  if (::geteuid() == 0 && ::chown(folder_.path().c_str(), nobody.uid, nobody.gid) != 0) {
    throw std::system_error(errno, std::generic_category(), "chown");
  }
  run({programs / "initdb", "--no-sync", "--no-instructions", "--auth=trust", "--username=bakeoff", "--encoding=UTF8",
       "--locale=C", "--pgdata", data()},
      "");
  const std::string postgres = programs / "postgres";
  const auto alone = [&](const char* database) {
    return std::vector<std::string>{postgres, "--single", "-j", "-F", "-D", data(), database};
  };
  // With -j a statement ends with a semicolon and an empty line.
  run(alone("postgres"), "CREATE DATABASE bakeoff;\n\n");
  run(alone("bakeoff"), statements);
  return start({postgres, "-F", "-D", data(), "-h", "127.0.0.1", "-p", std::to_string(port_), "-c",
                "unix_socket_directories=", "-c", "dynamic_shared_memory_type=mmap", "-c", "log_destination=stderr"});
}

}  // namespace bakeoff::conformance
