// What the pools of connections to the back end are tested with: a back end of the Redis protocol without a network.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "workloads/back_end.h"
#include "workloads/session.h"
#include "workloads/tallies.h"

namespace bakeoff::models {

/// "asks 7" for the request of item 7, in HTTP as well; "greets" for any other bytes.
inline std::string question_in(std::string_view request) {
  for (const std::string_view mark : {"item:", "/id/"}) {
    const std::size_t at = request.find(mark);
    if (at == request.npos) continue;
    const std::string_view rest = request.substr(at + mark.size());
    return "asks " + std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
  }
  return "greets";
}

/// "$1\r\n7\r\n"
inline std::string bulk_of(std::string_view value) {
  return "$" + std::to_string(value.size()) + "\r\n" + std::string(value) + "\r\n";
}

/// A back end with that many connections, and its tallies. No call is late unless the timeout says so.
struct ScriptedUse {
  explicit ScriptedUse(std::size_t pool, std::chrono::milliseconds timeout = std::chrono::hours(1),
                       workloads::BackEndProtocol protocol = workloads::BackEndProtocol::redis)
      : use{{.protocol = protocol, .pool = pool, .timeout = timeout}, tallies} {}
  workloads::Tallies tallies;
  const workloads::BackEndUse use;
};

}  // namespace bakeoff::models
