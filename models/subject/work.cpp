// bakeoff-subject work EXECUTOR: workers of one kind take jobs from a queue in Redis until SIGTERM or SIGINT.
#include <unistd.h>

#include <csignal>
#include <limits>
#include <system_error>
#include <vector>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/stop_signals.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"
#include "models/subject/result_line.h"
#include "models/workers/workers.h"
#include "workloads/integer.h"

namespace bakeoff::models::subject {
namespace {

const ExecutorEntry& worker_executor(const std::string& name) {
  std::vector<std::string_view> known;
  for (const ExecutorEntry& executor : executor_entries()) {
    if (workers::find_workers(executor.name) == nullptr) continue;
    if (executor.name == name) return executor;
    known.push_back(executor.name);
  }
  throw unknown_name("executor with workers", name, known);
}

/// "127.0.0.1:6379"
void read_address(const std::string& text, workers::WorkerSetup& setup) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : workloads::parse_unsigned(text.substr(colon + 1));
  if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max() || colon == 0) {
    throw ArgumentError("--queue: found '" + text + "', expected an address and a port, as 127.0.0.1:6379");
  }
  setup.address = text.substr(0, colon);
  setup.port = static_cast<std::uint16_t>(*port);
}

}  // namespace

int work_command(std::span<const char* const> words) {
  const Arguments arguments(words, {"executor"}, {"--queue", "--units", "--acknowledge", "--set"}, {"--check"});
  const ExecutorEntry& executor = worker_executor(arguments.position(0));
  workloads::Settings settings(executor.settings);
  apply_settings(arguments, executor.name, settings);
  workers::WorkerSetup setup{.settings = settings};
  setup.units = arguments.number("--units", 1, 1, executor.max_units);
  const std::string acknowledge = arguments.text("--acknowledge", "after");
  const auto when = workloads::queue::acknowledge_named(acknowledge);
  if (!when) throw unknown_name("time to acknowledge", acknowledge, std::vector<std::string_view>{"after", "before"});
  setup.acknowledge = *when;
  if (arguments.has("--check")) return 0;
  read_address(arguments.text("--queue", ""), setup);

  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  const StopSignals stop({SIGTERM, SIGINT});
  const workers::WorkerReceipt did = workers::find_workers(executor.name)(setup, stop.token(), [&] {
    print_line(Json{{"ready", true}, {"pid", ::getpid()}, {"units", setup.units}}.dump());
  });
  if (!did.error.empty()) throw std::runtime_error(did.error);
  Json receipt = {{"units_created", did.units.created}, {"peak_live_units", did.units.peak_live}};
  for (const auto& [name, value] : settings.all()) receipt["settings"][name] = value;
  print_line(Json{{"receipt", receipt}}.dump());
  return 0;
}

}  // namespace bakeoff::models::subject
