// Memory that is set aside while units are made, and given back when this goes. Where the system had none for one unit
// more, those that there are still have to run, and each may throw: that takes some too.
#pragma once

#include <sys/mman.h>

#include <cstddef>

namespace bakeoff::models::executors {

class ReservedMemory {
 public:
  /// Of the address space, which RLIMIT_AS bounds; nothing is touched. Where there is so little left, none.
  explicit ReservedMemory(std::size_t units) : bytes_(kBytesPerUnit * (units + 1)) {
    void* memory = ::mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    memory_ = memory == MAP_FAILED ? nullptr : memory;
  }
  ReservedMemory(const ReservedMemory&) = delete;
  ReservedMemory& operator=(const ReservedMemory&) = delete;
  ~ReservedMemory() {
    if (memory_ != nullptr) ::munmap(memory_, bytes_);
  }

 private:
  static constexpr std::size_t kBytesPerUnit = 1024;
  std::size_t bytes_;
  void* memory_;
};

}  // namespace bakeoff::models::executors
