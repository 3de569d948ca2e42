// A piece of zeroed memory that a process shares with the children it forks later.
#pragma once

#include <cstddef>

namespace bakeoff::workloads {

/// Mapped for as long as the object lives, in each process for itself. Pages cost nothing until they are touched.
class SharedMemory {
 public:
  /// Throws std::system_error when the memory cannot be mapped.
  explicit SharedMemory(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  void* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  void* data_;
  std::size_t size_;
};

}  // namespace bakeoff::workloads
