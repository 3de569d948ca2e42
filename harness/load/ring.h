// A first-in first-out queue in one block of memory: what a load keeps in order without allocating while it runs.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace bakeoff::load {

template <typename T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return items_[first_]; }

  /// Allocates only when there are more items than ever before.
  void push(T item) {
    if (size_ == items_.size()) grow();
    items_[(first_ + size_) & (items_.size() - 1)] = std::move(item);
    ++size_;
  }
  T pop() {
    T item = std::move(items_[first_]);
    first_ = (first_ + 1) & (items_.size() - 1);
    --size_;
    return item;
  }
  void clear() { first_ = size_ = 0; }

 private:
  void grow() {
    std::vector<T> larger(items_.empty() ? 64 : 2 * items_.size());  // Powers of two: the wrap is a mask.
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(items_[(first_ + i) & (items_.size() - 1)]);
    items_.swap(larger);
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace bakeoff::load
