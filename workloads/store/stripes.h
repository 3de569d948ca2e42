// Which stripes an operation needs. 64 of them, so that a set of stripes is one word.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace bakeoff::workloads::store {

inline constexpr std::size_t kStripes = 64;

/// A set of stripes. An operation locks its stripes in ascending order, so that no two operations wait for each other.
class StripeSet {
 public:
  static StripeSet all() {
    StripeSet set;
    set.bits_ = ~std::uint64_t{0};
    return set;
  }
  void add(std::size_t stripe) { bits_ |= std::uint64_t{1} << stripe; }

  template <class Visit>
  void for_each_ascending(Visit&& visit) const {
    for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
      visit(static_cast<std::size_t>(std::countr_zero(left)));
    }
  }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace bakeoff::workloads::store
