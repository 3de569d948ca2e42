// Bytes that are nearly a protocol's, from a seed.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bakeoff::workloads {

/// Bytes that look like the protocol until they do not: pieces of good ones, with bytes changed, lost and repeated.
class Rubbish {
 public:
  Rubbish(std::vector<std::string> good, unsigned seed) : good_(std::move(good)), random_(seed) {}

  std::string next() {
    std::string bytes;
    for (std::size_t parts = 1 + random_() % 6; parts > 0; --parts) {
      std::string part = good_.empty() || random_() % 8 == 0 ? noise() : good_[random_() % good_.size()];
      for (std::size_t changes = random_() % 4; changes > 0 && !part.empty(); --changes) change(part);
      bytes += part;
    }
    return bytes;
  }
  /// One piece of the good ones, with some bytes changed, lost or repeated.
  std::string changed() {
    std::string part = good_[random_() % good_.size()];
    for (std::size_t changes = 1 + random_() % 3; changes > 0 && !part.empty(); --changes) change(part);
    return part;
  }
  std::size_t piece() { return random_() % 3 == 0 ? 1 + random_() % 3 : 1 + random_() % 200; }

 private:
  std::string noise() {
    std::string bytes(random_() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  void change(std::string& part) {
    const std::size_t at = random_() % part.size();
    switch (random_() % 4) {
      case 0:
        part[at] = static_cast<char>(random_());
        break;
      case 1:
        part.erase(at, 1 + random_() % 5);
        break;
      case 2:
        part.insert(at, part.substr(0, random_() % 30));
        break;
      default:
        part[at] = "\r\n*$:+-0129 /"[random_() % 13];
    }
  }

  std::vector<std::string> good_;
  std::mt19937 random_;
};

}  // namespace bakeoff::workloads
