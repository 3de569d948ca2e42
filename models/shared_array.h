// Zeroed memory that a process and the children it forks see alike, for counters and answers.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>

namespace bakeoff::models {

/// `count` objects of T in a shared mapping of their own. Made before fork(); unmapped, but not destroyed, by whoever
/// destroys this, so T must be trivially destructible.
template <typename T>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit SharedArray(std::size_t count) : bytes_(sizeof(T) * (count == 0 ? 1 : count)) {
    void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::system_error(errno, std::generic_category(), "map " + std::to_string(bytes_) + " shared bytes");
    items_ = {static_cast<T*>(memory), count};
    for (T& item : items_) new (&item) T();
  }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  ~SharedArray() { ::munmap(items_.data(), bytes_); }

  std::span<T> items() const { return items_; }
  T& operator[](std::size_t index) const { return items_[index]; }

 private:
  std::size_t bytes_;
  std::span<T> items_;
};

}  // namespace bakeoff::models
