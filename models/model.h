// The contract of a concurrency model: who serves a connection, and who waits while it is quiet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "models/live_count.h"
#include "models/net.h"
#include "workloads/catalogue.h"
#include "workloads/session.h"
#include "workloads/settings.h"

namespace bakeoff::models {

/// What a model is told: how many of its units it may use, and its settings. The catalogue says what both mean.
struct ModelSetup {
  std::size_t units = 1;  ///< What a unit is (thread, process, loop) is the model's own.
  workloads::Settings settings{};
};

/// What a model did by its own count. It is printed when the model has stopped.
struct ModelReceipt {
  std::uint64_t connections = 0;   ///< Accepted.
  UnitCounts units{};              ///< Threads, processes, fibers or loops made for serving.
  AcceptPauses pauses{};           ///< Pauses in accepting, at a limit of the system.
  std::uint64_t kept_waiting = 0;  ///< Connections that came when all units were taken, and waited for one.
  /// Settings that could not be followed to the letter, and what came of them: {"guard", "no from stack 32000 on"}.
  std::map<std::string, std::string> adjusted_settings{};
};

class Model {
 public:
  virtual ~Model() = default;

  /// The kind of store that the sessions of this model must share. Throws std::invalid_argument, in one line, for
  /// settings that contradict each other.
  virtual workloads::StoreKind store_kind(const ModelSetup& setup) const = 0;

  /// Serves until `stop` becomes readable, then returns within 2 s: it accepts no new connections and shuts down the
  /// live ones. Work that is being computed at that moment is abandoned (stop_requested in connection.h). On return no
  /// thread, child process or shared memory of the model is left.
  ///
  /// Blocks the calling thread, which must be the process's only one. `ready` is called once, on that thread, as soon
  /// as connections are being accepted. The caller keeps the listener and closes it, ignores SIGPIPE, and has asked
  /// store_kind() whether the settings are possible.
  ///
  /// A peer that resets or sends rubbish ends its own connection and nothing else. A peer that half-closes gets the
  /// replies to its requests. But where one of them still has to wait for more than a second, the connection is closed
  /// during that wait, as after a reset (peer_disconnect.h).
  ///
  /// Calls of the service's back end (Service::back_end()) are made over a pool of connections. What shares memory and
  /// may wait for each other has one pool: a process, with several loops a loop. A peer that leaves meanwhile is
  /// noticed when its reply is sent.
  ///
  /// At a limit on descriptors, threads or processes the model stops accepting for a moment, counts that and goes on
  /// with the connections it has. Throws std::system_error only when it cannot begin. A system call that fails to wait
  /// ends the whole process, and its workers (failed_wait.h).
  virtual ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                             const StopToken& stop, const std::function<void()>& ready) = 0;
};

}  // namespace bakeoff::models
