// What to load, as a URL: tcp://host:port (echo), http://host[:port]/target,
// redis://[[user]:password@]host[:port][/database][/incr/KEY].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/login.h"

namespace bakeoff::input {

struct Target {
  std::string workload;       ///< A name of workloads/catalogue.h.
  std::string host;           ///< Without brackets; the zone of an IPv6 address behind a "%".
  std::uint16_t port = 0;     ///< Never 0.
  std::string request;        ///< As ClientSettings::request.
  std::string host_field;     ///< http: as it goes into the Host field, without a zone (RFC 6874).
  workloads::Login login;     ///< redis.
  bool has_password = false;  ///< redis: there is one behind a colon, if only an empty one.
  std::string shown;          ///< The URL as it may be shown and recorded: "***" for user and password, no fragment.
};

/// Throws InputError in one line, without user and password.
Target parse_url(std::string_view url);

}  // namespace bakeoff::input
