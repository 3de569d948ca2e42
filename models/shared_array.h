// Objects that a process and the children it forks see alike, for counters and answers.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>

#include "workloads/shared_memory.h"

namespace bakeoff::models {

/// `count` objects of T in shared memory of their own. Make it before fork(). Each process unmaps the memory when it
/// destroys this object; the objects themselves are not destroyed, so T must be trivially destructible.
template <typename T>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  /// Throws std::system_error when the memory cannot be mapped.
  explicit SharedArray(std::size_t count)
      : memory_(sizeof(T) * (count == 0 ? 1 : count)), items_(static_cast<T*>(memory_.data()), count) {
    for (T& item : items_) new (&item) T();
  }

  std::span<T> items() const { return items_; }
  T& operator[](std::size_t index) const { return items_[index]; }

 private:
  workloads::SharedMemory memory_;
  std::span<T> items_;
};

}  // namespace bakeoff::models
