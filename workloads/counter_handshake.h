// What Redis clients ask before they get to work, answered just well enough: COMMAND, CONFIG GET, CLIENT, HELLO.
#pragma once

#include <memory>
#include <string>

#include "workloads/resp.h"

namespace bakeoff::workloads {

/// Appends the reply and returns true when the command is one of these. `name` is the connection's own, null if unset.
bool answer_handshake(const CommandReader& command, std::unique_ptr<std::string>& name, std::string& replies);

/// How many commands there are: what COMMAND COUNT says.
inline constexpr int kCommandCount = 20;

}  // namespace bakeoff::workloads
