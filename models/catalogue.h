// The only list of models and executors. Adding one is a file, a CMake line and a line in catalogue.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "models/executors/executor.h"
#include "models/limits.h"
#include "models/model.h"

namespace bakeoff::models {

/// What the harness and a reader are told about a model. The texts are one line each.
struct ModelEntry {
  std::string_view name;  ///< "threads".
  std::string_view summary;
  std::string_view like;       ///< Real systems that made the same choice.
  std::string_view unit;       ///< What the model multiplies: thread, process, fiber, loop.
  std::string_view who_waits;  ///< While a connection is quiet.
  std::string_view price;
  std::string_view breaks_under;
  std::string_view sharing;  ///< What its sessions share their store across: none, threads, processes.
  /// Whether each unit serves one connection at a time, to its end: then connections beyond the units starve.
  bool holds_connection;
  std::size_t default_units;       ///< kAsManyUnitsAsCpus: as many as CPUs that the process may run on.
  std::string_view units_meaning;  ///< What --units counts.
  std::size_t max_units;           ///< The most that --units may ask for; the system may have room for fewer.
  Resource unit_resource;          ///< What each unit needs of the system: a thread or a process.
  std::span<const workloads::SettingEntry> settings{};
  std::string_view executor;  ///< Whose unit its jobs run on.
  std::string_view file;      ///< Where to read it.
  std::unique_ptr<Model> (*make)();
  /// What the model needs and this build lacks, and how to get it: "liburing (apt install liburing-dev)". Then `make`
  /// is null. "" when nothing is missing.
  std::string_view missing{};
  /// Tells what the model needs and this system refuses, and why; "" when it refuses nothing. Null for models that
  /// every system can run.
  std::string_view (*refusal)() = nullptr;
};

/// The kinds of store by name, the weakest first: a model may be given a stronger one than it needs.
struct StoreName {
  std::string_view name;
  workloads::StoreKind kind;
};
inline constexpr StoreName kStoreNames[] = {{"unshared", workloads::StoreKind::unshared},
                                            {"locked", workloads::StoreKind::locked},
                                            {"process_shared", workloads::StoreKind::process_shared}};

inline constexpr std::size_t kAsManyUnitsAsCpus = 0;

/// The setting of models that says how files are sent: workloads::FileTransfer by name.
inline constexpr std::string_view kFilesSettingName = "files";

struct ExecutorEntry {
  std::string_view name;
  std::string_view summary;
  std::size_t max_units;
  std::span<const workloads::SettingEntry> settings{};
  std::unique_ptr<executors::Executor> (*make)(const workloads::Settings& settings);
};

std::span<const ModelEntry> model_entries();
std::span<const ExecutorEntry> executor_entries();

/// nullptr when there is no entry of that name.
const ModelEntry* find_model(std::string_view name);
const ExecutorEntry* find_executor(std::string_view name);

// The factories: each is the whole surface of its file.
std::unique_ptr<Model> make_threads();
std::unique_ptr<Model> make_prefork();
std::unique_ptr<Model> make_process_per_connection();
std::unique_ptr<Model> make_sequential();
std::unique_ptr<Model> make_thread_pool();
std::unique_ptr<Model> make_fibers();
std::unique_ptr<Model> make_event_loop();
std::unique_ptr<Model> make_coroutines();
std::unique_ptr<Model> make_hybrid();
#ifdef BAKEOFF_LIBURING
std::unique_ptr<Model> make_io_uring();
#endif
std::unique_ptr<Model> make_event_loops();
std::unique_ptr<Model> make_request_pool();

}  // namespace bakeoff::models
