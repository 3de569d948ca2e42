// Before a load on a Redis server: whether it lets the load in, and what it says where it does not.
#pragma once

#include <string>
#include <string_view>

#include "harness/load/blocking_connection.h"
#include "workloads/login.h"

namespace bakeoff::load {

/// The variable of the environment that may hold the password: on a command line others see it.
inline constexpr const char* kPasswordVariable = "BAKEOFF_REDIS_PASSWORD";

/// Logs the connection in, as each of the load begins. What is said is no request and in no receipt. Blocks. Throws
/// ExchangeError, with a hint, where the server refuses user, password or database.
void log_in(BlockingConnection& connection, const workloads::Login& login);

/// "the server answers -NOAUTH Authentication required. The server wants a password: ...": an error reply, and its
/// hint.
std::string refusal_in_words(std::string_view reply);

}  // namespace bakeoff::load
