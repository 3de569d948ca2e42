// Whether a counter counted: the key's value before and after a load of increments, beside what was acknowledged.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/load/load_connection.h"
#include "workloads/login.h"

namespace bakeoff::load {

/// Computes lost and surplus from the other figures. Pure. At most one of the two is not 0: increments by others hide
/// lost ones from the final value, and only duplicates show them then.
journal::CounterCheck with_losses(journal::CounterCheck counted);

/// What a reader of the row should know about it, in words; nothing where all is well. `ledger_complete`: no number
/// was left out when duplicates were looked for.
std::vector<std::string> counter_events(const journal::CounterCheck& check, bool ledger_complete);

/// The key that a load of this workload and request increments; nullopt when it increments none.
std::optional<std::string> incremented_key(std::string_view workload, const std::string& request);

/// The number at `key` (0 when there is no such key), over a connection of its own. Blocks for `timeout_s` at most.
/// Throws std::runtime_error in one line when the server cannot be asked, or says that it is not a number. What is
/// sent and received is counted into `receipt`.
std::int64_t read_counter(const SocketAddress& peer, const workloads::Login& login, std::string_view key,
                          double timeout_s, const std::atomic<bool>& stop, journal::ClientReceipt& receipt);

}  // namespace bakeoff::load
