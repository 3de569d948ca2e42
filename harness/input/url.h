// What to load, as a URL: tcp://host:port (echo), http://host[:port]/target, redis://host[:port]/incr/KEY.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bakeoff::input {

struct Target {
  std::string workload;  ///< A name of workloads/catalogue.h.
  std::string host;      ///< Without brackets.
  std::uint16_t port = 0;
  std::string request;     ///< As ClientSettings::request.
  std::string host_field;  ///< http: as it goes into the Host field.
};

/// Throws InputError.
Target parse_url(std::string_view url);

}  // namespace bakeoff::input
