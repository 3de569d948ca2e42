// Memory that a process has written to, which fork() has to copy the page tables of: the size of a parent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bakeoff::models::probes {

inline constexpr std::uint64_t kBytesPerKib = 1024, kBytesPerMib = 1 << 20;

/// Throws std::invalid_argument where that much cannot be touched without the machine running out of it.
void require_available_memory(std::uint64_t mib);

class TouchedMemory {
 public:
  /// Private and present from the start, a write in each page; in huge pages where `huge` asks for them, else in none.
  /// Throws std::invalid_argument where the system has no huge pages or too little memory, std::system_error where it
  /// refuses to map it. 0 MiB: nothing.
  TouchedMemory(std::uint64_t mib, bool huge);
  TouchedMemory(const TouchedMemory&) = delete;
  TouchedMemory& operator=(const TouchedMemory&) = delete;
  ~TouchedMemory();

  std::span<char> bytes() const { return {memory_, bytes_}; }

  /// How much of it really lies in huge pages, in percent: read from /proc/self/smaps. 0 of nothing.
  double huge_percent() const;

 private:
  void release() noexcept;

  std::size_t bytes_;
  char* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  char* memory_ = nullptr;  // In the mapping, at a multiple of a huge page's size.
};

}  // namespace bakeoff::models::probes
