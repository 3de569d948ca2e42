// Address space that is set aside while units are made. Where the system has no memory for another unit, those that
// exist still have to run, and each may throw, which takes memory as well. The destructor gives it back in time for
// that.
#pragma once

#include <sys/mman.h>

#include <cstddef>

namespace bakeoff::models::executors {

class ReservedMemory {
 public:
  /// Reserves address space, which RLIMIT_AS bounds, and touches none of it. Reserves nothing where too little is left.
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
