// A socket for a connection to the back end.
#pragma once

#include "models/net.h"
#include "workloads/back_end.h"

namespace bakeoff::models::back_end {

enum class Connecting : std::uint8_t { connected, under_way, failed };

/// Makes a socket that does not block, with TCP_NODELAY, and begins to connect it. None where that has failed.
Descriptor begin_connecting(const workloads::BackEnd& server, Connecting& state) noexcept;

/// What has become of a socket that was under way.
Connecting check_connecting(int socket) noexcept;

}  // namespace bakeoff::models::back_end
