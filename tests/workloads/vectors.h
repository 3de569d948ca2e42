// The test vectors of workloads/PROTOCOLS.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::workloads {

struct Vector {
  struct Exchange {
    std::string request;
    std::string reply;
  };
  std::string name;
  std::string workload;
  std::size_t message_bytes = 64;
  std::vector<Exchange> exchanges;
  bool closes = false;
};

/// The bytes that a vector's text stands for. Throws std::runtime_error for an escape that does not exist.
std::string unescape(std::string_view text);

/// Throws std::runtime_error, with the line, when the page does not follow its own rules.
std::vector<Vector> read_vectors(const std::string& path);

}  // namespace bakeoff::workloads
