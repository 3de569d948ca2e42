// bakeoff-subject serve MODEL WORKLOAD: one model serves one workload until SIGTERM or SIGINT.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/stop_signals.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"
#include "models/subject/environment.h"
#include "models/subject/result_line.h"
#include "models/unix_listener.h"
#include "workloads/file_set.h"
#include "workloads/http_routes.h"

namespace bakeoff::models::subject {
namespace {

constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;
constexpr std::uint64_t kLeastStoreBytes = 1024 * 1024;
constexpr std::uint64_t kMostStoreBytes = std::uint64_t{64} * 1024 * 1024 * 1024;

/// What is to go wrong on purpose (workloads/faulty.h): for `bakeoff selftest`, and for trying out other clients.
workloads::Faults faults_of(const Arguments& arguments) {
  constexpr std::uint64_t kLongestStallMs = 60'000;
  constexpr std::uint64_t kMostExtraPercent = 1000;
  workloads::Faults faults;
  faults.stall_at_request = arguments.number("--fault-stall-at", 0, 1, UINT64_MAX);
  faults.stall = std::chrono::milliseconds(arguments.number("--fault-stall-ms", 0, 1, kLongestStallMs));
  if ((faults.stall_at_request != 0) != (faults.stall.count() != 0)) {
    throw ArgumentError("--fault-stall-at and --fault-stall-ms go together, found one of them");
  }
  faults.wrong_every = arguments.number("--fault-wrong-every", 0, 1, UINT64_MAX);
  if (arguments.has("--fault-extra-work")) {
    faults.extra_work = static_cast<double>(arguments.number("--fault-extra-work", 0, 0, kMostExtraPercent)) / 100;
  }
  faults.null = arguments.has("--null");
  return faults;
}

/// What the command line and the catalogue tell the model.
ModelSetup setup_of(const Arguments& arguments, const ModelEntry& model) {
  const std::size_t standard = model.default_units == kAsManyUnitsAsCpus ? count_allowed_cpus() : model.default_units;
  ModelSetup setup{arguments.number("--units", std::min(standard, model.max_units), 1, model.max_units),
                   workloads::Settings(model.settings)};
  if (const Capacity room = capacity_for(model.unit_resource); setup.units > room.units) {
    throw ArgumentError("--units: found '" + std::to_string(setup.units) + "', expected at most " +
                        std::to_string(room.units) + ": " + room.limit + " leaves room for no more here");
  }
  apply_settings(arguments, model.name, setup.settings);
  return setup;
}

/// The store that the model needs, or the one asked for: a stronger one shows what sharing costs where nothing is
/// shared.
workloads::StoreKind chosen_store(const Arguments& arguments, const ModelEntry& model, workloads::StoreKind needed) {
  if (!arguments.has("--store")) return needed;
  const std::string asked = arguments.text("--store", "");
  std::vector<std::string_view> possible;
  for (const StoreName& store : kStoreNames) {
    if (store.kind >= needed) possible.push_back(store.name);
    if (store.kind >= needed && store.name == asked) return store.kind;
  }
  throw unknown_name("store of " + std::string(model.name), asked, possible);
}

/// Refuses an option that only one workload heeds: it would have no effect on another.
void require_workload(const Arguments& arguments, std::string_view option, std::string_view one,
                      std::string_view found) {
  if (!arguments.has(option) || found == one) return;
  throw ArgumentError(std::string(option) + ": found it beside " + std::string(found) + ", expected it beside " +
                      std::string(one));
}

/// The folder of the files, opened; a descriptor that is none where the server has no files.
Descriptor open_files(const Arguments& arguments) {
  if (!arguments.has("--files")) return {};
  const std::string folder = arguments.text("--files", "") + "/" + std::string(workloads::kFilesBelow);
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) {
    throw ArgumentError("--files: cannot open '" + folder + "': " + std::generic_category().message(errno) +
                        ", expected a folder that `bakeoff make-files` has made");
  }
  return opened;
}

/// The path of the socket that it listens on; "" where it listens on a port.
std::string socket_path_of(const Arguments& arguments, const workloads::Settings& settings) {
  if (!arguments.has("--unix-socket")) return "";
  for (const std::string_view option : {"--port", "--address"}) {
    if (arguments.has(option)) {
      throw ArgumentError(std::string(option) + ": found it beside --unix-socket, expected one of them");
    }
  }
  const auto listen = settings.all().find("listen");
  if (listen != settings.all().end() && listen->second == "reuseport") {
    throw ArgumentError("--unix-socket: found it beside listen=reuseport, expected shared or dealt");
  }
  std::string path = arguments.text("--unix-socket", "");
  check_socket_path(path);
  return path;
}

/// The back end that the server calls; nullopt where it has none.
std::optional<workloads::BackEnd> back_end_of(const Arguments& arguments) {
  if (!arguments.has("--back-end")) {
    for (const std::string_view option : {"--pool", "--call-timeout-ms"}) {
      if (arguments.has(option)) {
        throw ArgumentError(std::string(option) + ": found it without --back-end, expected both");
      }
    }
    return std::nullopt;
  }
  try {
    workloads::BackEnd back_end = workloads::parse_back_end(arguments.text("--back-end", ""));
    back_end.pool = arguments.number("--pool", back_end.pool, 1, workloads::kMostPool);
    back_end.timeout = std::chrono::milliseconds(arguments.number(
        "--call-timeout-ms", static_cast<std::uint64_t>(back_end.timeout.count()), 1, workloads::kLongestCallMs));
    return back_end;
  } catch (const std::invalid_argument& error) {
    throw ArgumentError(std::string("--back-end: ") + error.what());
  }
}

/// What became of the calls of the back end.
void add_calls(Json& receipt, const workloads::ServiceReceipt& served) {
  receipt["calls"] = served.calls;
  receipt["back_end_connections"] = served.back_end_connections;
  receipt["call_waits"] = served.call_waits;
  receipt["call_wait_us"] = static_cast<double>(served.call_wait_ns) / 1000;
  receipt["calls_refused"] = served.failed_calls[static_cast<std::size_t>(workloads::CallOutcome::refused)];
  receipt["calls_broken"] = served.failed_calls[static_cast<std::size_t>(workloads::CallOutcome::broken)];
  receipt["calls_without_value"] = served.failed_calls[static_cast<std::size_t>(workloads::CallOutcome::no_value)];
  receipt["calls_late"] = served.failed_calls[static_cast<std::size_t>(workloads::CallOutcome::late)];
}

Json to_json(const workloads::ServiceReceipt& served, const ModelReceipt& did, const workloads::Settings& asked,
             const workloads::ServiceSettings& settings) {
  Json receipt = {{"requests", served.requests},         {"bytes_received", served.bytes_received},
                  {"bytes_sent", served.bytes_sent},     {"connections", did.connections},
                  {"units_created", did.units.created},  {"peak_live_units", did.units.peak_live},
                  {"accept_pauses", did.pauses.times()}, {"kept_waiting", did.kept_waiting}};
  if (!did.pauses.limit().empty()) receipt["limit"] = did.pauses.limit();
  for (const auto& [name, value] : asked.all()) receipt["settings"][name] = value;
  for (const auto& [name, value] : did.adjusted_settings) receipt["settings"][name] = value;
  if (settings.files.folder >= 0) receipt["files"] = served.files;
  if (settings.back_end) add_calls(receipt, served);
  if (served.final_counter) receipt["final_counter"] = *served.final_counter;
  return {{"receipt", receipt}};
}

std::string ready_line(const Listener& listener) {
  Json line{{"ready", true}};
  if (listener.port != 0) {
    line["port"] = listener.port;
  } else {
    line["unix_socket"] = listener.address;
  }
  line["pid"] = ::getpid();
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);  // A path may be any bytes.
}

}  // namespace

int serve_command(std::span<const char* const> words) {
  const Arguments arguments(
      words, {"model", "workload"},
      {"--address", "--port", "--unix-socket", "--units", "--set", "--store", "--message-bytes", "--store-bytes",
       "--unread-bytes", "--files", "--back-end", "--pool", "--call-timeout-ms", "--id-delay-us", "--fault-stall-at",
       "--fault-stall-ms", "--fault-wrong-every", "--fault-extra-work"},
      {"--null", "--check"});
  const ModelEntry* model_entry = find_model(arguments.position(0));
  if (!model_entry) throw unknown_name("model", arguments.position(0), names_of(model_entries()));
  const workloads::WorkloadEntry* workload = workloads::find_workload(arguments.position(1));
  if (!workload) throw unknown_name("workload", arguments.position(1), names_of(workloads::workload_entries()));
  if (!model_entry->make) {
    throw std::runtime_error(std::string(model_entry->name) + " needs " + std::string(model_entry->missing));
  }
  const ModelSetup setup = setup_of(arguments, *model_entry);
  const SystemEnvironment environment;
  workloads::ServiceSettings settings;
  settings.environment = &environment;
  require_workload(arguments, "--message-bytes", "echo", workload->name);
  require_workload(arguments, "--store-bytes", "counter", workload->name);
  require_workload(arguments, "--unread-bytes", "counter", workload->name);
  for (const std::string_view option : {"--files", "--back-end", "--pool", "--call-timeout-ms", "--id-delay-us"}) {
    require_workload(arguments, option, "http", workload->name);
  }
  settings.message_bytes = arguments.number("--message-bytes", settings.message_bytes, 1, kMostMessageBytes);
  settings.store_bytes = arguments.number("--store-bytes", settings.store_bytes, kLeastStoreBytes, kMostStoreBytes);
  settings.unread_bytes = arguments.number("--unread-bytes", settings.unread_bytes, kLeastStoreBytes, kMostStoreBytes);
  settings.faults = faults_of(arguments);
  settings.back_end = back_end_of(arguments);
  settings.id_delay = std::chrono::microseconds(arguments.number("--id-delay-us", 0, 0, workloads::kLongestWaitUs));
  const Descriptor files = open_files(arguments);
  settings.files.folder = files.get();
  const auto transfer = setup.settings.all().find(kFilesSettingName);
  if (transfer != setup.settings.all().end() && transfer->second == "read") {
    settings.files.transfer = workloads::FileTransfer::read;
  }
  const auto port = static_cast<std::uint16_t>(arguments.number("--port", 0, 0, 65535));
  const std::string address = arguments.text("--address", "127.0.0.1");
  const std::string socket_path = socket_path_of(arguments, setup.settings);

  const auto model = model_entry->make();
  settings.store = chosen_store(arguments, *model_entry, model->store_kind(setup));
  if (arguments.has("--check")) return 0;

  raise_descriptor_limit();
  return_freed_memory_at_once();
  ::signal(SIGPIPE, SIG_IGN);
  const Listener listener = socket_path.empty() ? listen_on(address, port) : listen_on_path(socket_path);
  const SocketFile file(listener);
  const auto service = workload->make_service(settings);
  const StopSignals stop({SIGTERM, SIGINT});

  // Where stdout's reader is gone, printing fails, and serving goes on all the same.
  const ModelReceipt did =
      model->serve(listener, *service, setup, stop.token(), [&] { print_line(ready_line(listener)); });
  print_line(to_json(service->receipt(), did, setup.settings, settings).dump());
  return 0;
}

}  // namespace bakeoff::models::subject
