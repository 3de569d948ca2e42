// The contract of a concurrency model: who serves a connection, and who waits while it is quiet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "models/net.h"
#include "workloads/catalogue.h"
#include "workloads/session.h"
#include "workloads/settings.h"

namespace bakeoff::models {

/// What a model is told: how many of its units it may use, and its settings (the catalogue has both).
struct ModelSetup {
  std::size_t units = 1;  ///< What a unit is (thread, process, loop) is the model's own.
  workloads::Settings settings{};
};

/// What a model says that it did, printed when it has stopped.
struct ModelReceipt {
  std::uint64_t connections = 0;      ///< Accepted.
  std::uint64_t units_created = 0;    ///< Threads, processes, fibers or loops made for serving.
  std::uint64_t peak_live_units = 0;  ///< Most of them alive at once.
  std::uint64_t accept_pauses = 0;    ///< Times that accepting stopped for a moment at a limit of the system,
  std::string limit{};                ///< and which one it was, the first time: see name_limit(). "" when none did.
  std::uint64_t kept_waiting = 0;     ///< Connections that came when all units were taken, and waited for one.
  /// Settings that came out otherwise than they were asked for, and by how much: {"guard", "no from stack 32000 on"}.
  std::map<std::string, std::string> adjusted_settings{};
};

class Model {
 public:
  virtual ~Model() = default;

  /// The kind of store that sessions of this model must share. Throws std::invalid_argument in one line for settings
  /// that do not go together.
  virtual workloads::StoreKind store_kind(const ModelSetup& setup) const = 0;

  /// Serves until `stop` becomes readable, then returns within 2 s: no new connections, live ones are shut down.
  /// Work that is being computed at that moment is abandoned (stop_requested in connection.h).
  /// Blocks the calling thread, which must be the process's only one. The caller keeps the listener and closes it.
  /// `ready` is called once, on the calling thread, as soon as connections are being accepted.
  /// A peer that resets or sends rubbish ends its own connection and nothing else. One that half-closes gets the
  /// replies to what it had asked, unless a request of it would wait for more than a second yet: then, and after a
  /// reset, its connection is closed while it waits (peer_disconnect.h). SIGPIPE is ignored by the caller. At a descriptor,
  /// thread or process limit the model stops accepting for a moment, counts that and goes on with the connections it
  /// has. On return no thread, child process or shared memory of the model is left. Throws std::system_error only when
  /// it cannot begin. A wait of the kernel's that fails ends the whole process, and its workers (failed_wait.h). What
  /// store_kind() refuses is not given to it.
  virtual ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                             const std::function<void()>& ready) = 0;
};

}  // namespace bakeoff::models
