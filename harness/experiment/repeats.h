// Whether a noisy trial is worth running once more. Repeating costs as long as measuring does: while others come and
// go it wins blocks back, and under noise that lasts it takes the time of blocks that could still be measured.
//
// The rule: after kFruitless repeats in a row that were noisy again, repeating is given up. A trial that is quiet at
// its first attempt shows that the noise has let up, and buys one more repeat; a repeat that comes out quiet makes
// repeating worth while as at the beginning. What came out of a trial has no part in it: only whether others were on
// its CPUs. Pure.
#pragma once

#include <cstddef>

namespace bakeoff {

class Repeats {
 public:
  /// Repeats in a row, none of them quiet, after which it is given up: of a machine that is quiet half of the time, one
  /// row of four in sixteen.
  static constexpr std::size_t kFruitless = 4;

  /// A trial has run for the first time.
  void first(bool noisy) {
    if (!noisy && !worth()) fruitless_ = kFruitless - 1;
  }
  /// One has been repeated.
  void again(bool noisy) { fruitless_ = noisy ? fruitless_ + 1 : 0; }

  /// Whether the next noisy trial is to be repeated.
  bool worth() const { return fruitless_ < kFruitless; }

 private:
  std::size_t fruitless_ = 0;
};

}  // namespace bakeoff
