// bakeoff-subject as a child process, the way the harness runs it: started through harness/subjects/process.h, ready
// when it says so, stopped by a signal, with its receipt parsed and its process group looked through afterwards. Who
// waits: every call has a deadline; one that passes is an exception that shows what the subject wrote to stderr. Start
// subjects from the test's main thread only: children die with the thread that started them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/subjects/process.h"
#include "workloads/catalogue.h"

namespace bakeoff::conformance {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// What a subject is allowed to take from its stop signal to its end. Sanitizers check for leaks in that time.
inline constexpr std::chrono::milliseconds kStopLimit{kSanitized ? 10000 : 2000};

/// A folder of its own that disappears with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The receipt line of a subject that has stopped. Absent numbers stay absent.
struct Receipt {
  std::optional<std::uint64_t> requests, bytes_received, bytes_sent, files;
  std::optional<std::int64_t> final_counter;
  std::optional<std::uint64_t> connections, units_created, peak_live_units, accept_pauses, kept_waiting;
  /// Of a subject with a back end.
  std::optional<std::uint64_t> calls, back_end_connections, call_waits;
  std::optional<std::uint64_t> calls_refused, calls_broken, calls_without_value, calls_late;
};

/// A program that has run to its end.
struct Finished {
  subjects::ExitResult ended;
  std::vector<std::string> output;  ///< Lines of stdout.
  std::vector<std::string> errors;  ///< Lines of stderr.
};

/// What is served and by whom, with the settings that differ from test to test.
struct ServeArguments {
  std::string model;
  std::string workload;
  std::optional<std::size_t> units{};
  std::size_t message_bytes = 64;
  std::vector<std::string> prefix{};    ///< Put before the program: {"prlimit", "--nofile=64:64"}.
  std::vector<std::string> settings{};  ///< "pinned=yes".
  std::filesystem::path files{};        ///< The root of the files of http; "": files_root().
  std::filesystem::path unix_socket{};  ///< It listens on that instead of a port; "": it does not.
  std::vector<std::string> more{};      ///< Put behind all other arguments.
};

class RunningSubject {
 public:
  /// Starts it and waits for its ready line.
  explicit RunningSubject(const ServeArguments& serving);

  /// 0 where it listens on a Unix socket.
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_.pid(); }

  /// Signals the subject (with `whole_group`, as a terminal would do, all its processes), waits until it has ended and
  /// checks what every stop must keep: exit status 0 within kStopLimit, a receipt as the last line, nothing left of the
  /// process group and no zombie. Failed checks are reported to GoogleTest as non-fatal failures.
  Receipt stop(int signal = SIGTERM, bool whole_group = false);

  /// Processes of the subject's group that run (no zombies), without the leader.
  std::vector<pid_t> workers() const;

  /// What it has written to stderr so far.
  std::string complaints() const;

 private:
  TemporaryFolder folder_;
  subjects::Process process_;
  std::uint16_t port_ = 0;
};

/// Runs bakeoff-subject with these arguments until it ends by itself; `prefix` is put before it, as in ServeArguments.
/// `meanwhile` gets its pid once it has been started.
Finished run_subject(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix = {},
                     const std::function<void(pid_t)>& meanwhile = {});

/// Running processes of the group that this one leads, without it.
std::vector<pid_t> workers_of(pid_t leader);

/// False for a zombie and for a process that is gone.
bool is_running(pid_t pid);

/// What the process has open.
std::size_t open_descriptors(pid_t pid);
/// How many of these are connections or sockets that it listens on.
std::size_t open_sockets(pid_t pid);

/// Waits on the process's end, wherever it stands in the tree; false when it still runs after kPatience.
bool ends_soon(pid_t pid);

/// What `bakeoff-subject describe` says, asked once.
struct ModelFacts {
  std::string name;
  bool holds_connection = false;  ///< A unit serves one connection for its life: units are sized to the connections.
  bool forks = false;             ///< Its units are processes.
  std::string executor{};         ///< On whose units its jobs run.
  std::string store{};            ///< The kind of store that it serves the counter from by default.
  std::size_t max_units = 1;

  bool one_at_a_time() const { return holds_connection && max_units == 1; }
};
struct ProbeFacts {
  std::string name;
  std::string measures;  ///< Its table.
};
const std::vector<ModelFacts>& described_models();
const std::vector<std::string>& described_workloads();
const std::vector<std::string>& described_jobs();
const std::vector<std::string>& described_executors();
const std::vector<ProbeFacts>& described_probes();

/// A test's parameter: one model, perhaps with settings, and one workload.
struct Pairing {
  ModelFacts model;
  const workloads::WorkloadEntry* workload = nullptr;
  std::vector<std::string> settings{};  ///< "pinned=yes". Then it is served by two units at least.

  /// A serving for at most `connections` connections at once. A crowd is served by several units where the model has
  /// them, a few connections by as many as it takes by default.
  ServeArguments serving(std::size_t connections) const;
};
std::ostream& operator<<(std::ostream& out, const Pairing& pairing);

/// Every model with every workload, and those settings that make another model of one, for tests that have one
/// connection at a time.
std::vector<Pairing> pairings_one_at_a_time();
/// The same without the models that serve one connection at a time: all but sequential.
std::vector<Pairing> pairings();
std::vector<Pairing> pairings(std::string_view workload);  ///< Every model with that one.
/// One model for each kind of store, with every workload.
std::vector<Pairing> pairings_by_store();

/// "fibers_http": parameter names hold letters, digits and underscores only.
std::string parameter_name(std::string text);
template <typename Info>
std::string pairing_name(const Info& info) {
  std::string name = info.param.model.name;
  for (const std::string& setting : info.param.settings) name += "_" + setting;
  return parameter_name(name + "_" + std::string(info.param.workload->name));
}

}  // namespace bakeoff::conformance
