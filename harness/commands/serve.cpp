// bakeoff serve MODEL WORKLOAD: a model in the foreground, for any client.
#include <fmt/format.h>
#include <poll.h>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/load/coordinator.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/server.h"

namespace bakeoff {
namespace {

using namespace std::chrono_literals;

/// A line that can be pasted into another terminal.
std::string try_it(const std::string& workload, std::uint16_t port) {
  if (workload == "http") return fmt::format("curl -i http://127.0.0.1:{}/", port);
  if (workload == "counter") return fmt::format("redis-cli -p {} incr counter", port);
  return fmt::format("bakeoff load tcp://127.0.0.1:{}", port);
}

}  // namespace

int serve_command(const ServeOptions& options) {
  const Offer offer = offer_of_all();
  const Subject subject = check_subject(offer, options.model);
  check_name("workload", options.workload, offer.workloads);
  Params params;
  params.units = options.units;
  params.message_bytes = options.message_bytes;
  // Its errors are this command's errors: it keeps the terminal's stderr.
  const Command command = command_to_serve(subject, options.workload, params, options.port);
  std::optional<Server> server;
  try {
    server.emplace(Server::start(command, 10s));
  } catch (const SubjectError&) {
    if (interrupted) throw Interrupted();
    return kFailed;  // bakeoff-subject has said why
  }
  const std::uint64_t units = units_for(subject, params);
  const std::string count =
      units == kUnitsPerCpu ? "a unit a CPU" : fmt::format("{} unit{}", units, units == 1 ? "" : "s");
  fmt::print("{} serves {} on 127.0.0.1:{} with {} (process {}); Ctrl-C stops it. Try:\n  {}\n", subject.name,
             options.workload, server->port(), count, server->pid(), try_it(options.workload, server->port()));
  std::fflush(stdout);
  while (!interrupted) {
    server->expect_alive();
    ::poll(nullptr, 0, 200);
  }
  const Server::Stopped stopped = server->stop();
  if (stopped.receipt) {
    fmt::print("served {} requests over {} connections\n", stopped.receipt->requests.value_or(0),
               stopped.receipt->connections.value_or(0));
  }
  return stopped.ended.exited && stopped.ended.status == 0 ? kDone : kFailed;
}

}  // namespace bakeoff
