#include "tests/peers/servers.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "harness/load/load_connection.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::peers {
namespace {

using namespace std::chrono_literals;

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

void await(std::uint16_t port, subjects::Process& process) {
  const load::SocketAddress peer = load::resolve("127.0.0.1", port);
  for (int i = 0; i < 500; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&peer.address), peer.length) == 0;
    ::close(fd);
    if (open) return;
    if (process.wait(10ms)) break;
  }
  throw std::runtime_error("a peer did not get ready; is it installed?");
}

std::unique_ptr<RunningServer> prepare() {
  auto running = std::make_unique<RunningServer>();
  running->port = free_port();
  return running;
}

std::unique_ptr<RunningServer> start(std::unique_ptr<RunningServer> running, subjects::Command command) {
  command.cpus = kServerCpus;
  command.join = running->environment.join();
  command.error_file = running->environment.folder() / "stderr";
  running->theirs = subjects::Process::start(command);
  await(running->port, *running->theirs);
  return running;
}

/// Somebody else's program does not run as root.
std::unique_ptr<RunningServer> start_foreign(std::unique_ptr<RunningServer> running, subjects::Command command) {
  if (::geteuid() == 0) {
    command.identity = subjects::Identity{};
    [[maybe_unused]] const int owned = ::chown(running->environment.folder().c_str(), 65534, 65534);
  }
  return start(std::move(running), std::move(command));
}

}  // namespace

std::unique_ptr<RunningServer> start_redis() {
  auto running = prepare();
  subjects::Command command;
  command.argv = {"redis-server",
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  std::to_string(running->port),
                  "--save",
                  "",
                  "--appendonly",
                  "no",
                  "--dir",
                  running->environment.folder().string(),
                  "--tcp-backlog",
                  "4096",
                  "--logfile",
                  "redis.log"};
  return start_foreign(std::move(running), command);
}

std::unique_ptr<RunningServer> start_nginx() {
  auto running = prepare();
  const std::string root = running->environment.folder().string();
  std::ofstream(root + "/nginx.conf") << fmt::format(
      "daemon off; worker_processes 1; pid {0}/pid; error_log {0}/error.log warn;\n"
      "events {{ worker_connections 16384; }}\n"
      "http {{ access_log off; default_type text/plain; keepalive_timeout 75s; keepalive_requests 1000000000;\n"
      "client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u;\n"
      "scgi_temp_path {0}/s;\n"
      "server {{ listen 127.0.0.1:{1} backlog=4096; location / {{ return 200 \"Hello, World!\"; }} }} }}\n",
      root, running->port);
  subjects::Command command;
  command.argv = {"/usr/sbin/nginx", "-p", root, "-c", root + "/nginx.conf", "-e", root + "/error.log"};
  return start_foreign(std::move(running), command);
}

Start start_floor(const std::string& program, const std::vector<std::string>& more) {
  return [program, more] {
    auto running = prepare();
    subjects::Command command;
    command.argv = {(subjects::subject_program().parent_path() / program).string(), std::to_string(running->port)};
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    return start(std::move(running), command);
  };
}

Start start_model(const subjects::Inventory& inventory, const std::string& model, const std::string& workload,
                  std::uint64_t connections) {
  return [&inventory, model, workload, connections] {
    auto running = prepare();
    journal::Params params;
    params.load.connections = connections;
    subjects::Command command = subjects::command_to_serve(*inventory.find(model), workload, params, 0);
    command.cpus = kServerCpus;
    command.join = running->environment.join();
    command.error_file = running->environment.folder() / "stderr";
    running->ours = subjects::Server::start(command, 10s);
    running->port = running->ours->port();
    return running;
  };
}

Start start_by_manifest(const subjects::Subject& subject, const std::string& workload, std::uint64_t connections) {
  return [&subject, workload, connections] {
    journal::Trial row;
    row.subject = subject.name;
    row.workload = workload;
    row.subject_cpus = kServerCpus;
    row.load_cpus = kLoadCpus;
    row.params.load = journal::LoadShape{.connections = connections};
    auto running = std::make_unique<RunningServer>(subject, row);
    experiment::TrialEnvironment& environment = running->environment;
    running->by_manifest = experiment::start_subject(running->row, subject, environment.site());
    running->port = running->by_manifest->server().port();
    return running;
  };
}

}  // namespace bakeoff::peers
