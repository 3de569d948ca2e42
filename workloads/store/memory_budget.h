// What a store of one process may hold, counted as it grows and shrinks. A look-up, and a change that needs as much
// memory as before, does not touch the count.
#pragma once

#include <cstddef>

namespace bakeoff::workloads::store {

/// `Count` is std::size_t where one thread owns the store, std::atomic<std::size_t> where several share it.
template <class Count>
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t most) : most_(most) {}

  /// False, and nothing is taken, when too little is left. Two callers at once may both be refused.
  bool take(std::size_t bytes) {
    if (bytes == 0 || (held_ += bytes) <= most_) return true;
    held_ -= bytes;
    return false;
  }
  void give_back(std::size_t bytes) {
    if (bytes != 0) held_ -= bytes;
  }
  /// Nothing is held any more. Nobody else may be taking.
  void clear() { held_ = 0; }

 private:
  const std::size_t most_;
  Count held_{0};
};

/// A part of a budget that one operation has taken beforehand. What is left of it is given back at the end.
template <class Whole>
class BudgetReservation {
 public:
  BudgetReservation(Whole& whole, std::size_t bytes)
      : whole_(whole), granted_(whole.take(bytes)), left_(granted_ ? bytes : 0) {}
  BudgetReservation(const BudgetReservation&) = delete;
  BudgetReservation& operator=(const BudgetReservation&) = delete;
  ~BudgetReservation() { whole_.give_back(left_); }

  bool granted() const { return granted_; }
  bool take(std::size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void give_back(std::size_t bytes) { left_ += bytes; }

 private:
  Whole& whole_;
  const bool granted_;
  std::size_t left_;
};

}  // namespace bakeoff::workloads::store
