// Numbers that look random and are the same on every machine: the draws behind every request and every message.
#pragma once

#include <cstdint>

namespace bakeoff::workloads {

inline constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;

/// The output function of splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection of 64-bit numbers.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Where the draws of one connection of a load start: different for every pair (seed, connection).
constexpr std::uint64_t stream_of(std::uint64_t seed, std::uint64_t connection) {
  return mix(mix(seed + kGolden) + (connection + 1) * kGolden);
}

/// Draw number `index` of a stream.
constexpr std::uint64_t draw(std::uint64_t stream, std::uint64_t index) {
  return mix(stream + (index + 1) * kGolden);
}

}  // namespace bakeoff::workloads
