// The random numbers of a plan: the same on every platform and with every standard library, which std::shuffle and the
// standard distributions do not promise. SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014; the constants are those of S. Vigna's public-domain version).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bakeoff::experiment {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound), bound at least 1: values of the last, incomplete round are drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t incomplete = (0 - bound) % bound;
    std::uint64_t value = next();
    while (value < incomplete) value = next();
    return value % bound;
  }

  /// Fisher and Yates.
  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t state_;
};

/// A seed of its own for each name (FNV-1a of the name, stirred with the seed), so that what is drawn for one table
/// does not depend on which other tables there are.
inline std::uint64_t derived_seed(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return SplitMix64(seed ^ hash).next();
}

}  // namespace bakeoff::experiment
