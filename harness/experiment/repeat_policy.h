// Whether a noisy trial is worth running once more. A repeat takes as long as a trial. While others come and go, it
// often turns a noisy block into a quiet one; under noise that lasts, it takes the time of blocks that could still be
// measured.
//
// The rule: after kMostFruitless noisy repeats in a row, repeating stops. A trial that is quiet at its first attempt
// shows that the noise has let up, and allows one more repeat. A quiet repeat resumes repeating as at the beginning.
// What a trial measured has no part in it: only whether others were on its CPUs. Pure.
#pragma once

#include <cstddef>

namespace bakeoff::experiment {

class RepeatPolicy {
 public:
  /// Noisy repeats in a row, after which repeating stops. Where every other repeat is quiet by chance, four in a row
  /// are noisy once in sixteen times.
  static constexpr std::size_t kMostFruitless = 4;

  /// A trial has run for the first time.
  void first_attempt(bool noisy) {
    if (!noisy && !worthwhile()) fruitless_ = kMostFruitless - 1;
  }
  /// One has been repeated.
  void repeated(bool noisy) { fruitless_ = noisy ? fruitless_ + 1 : 0; }

  /// Whether the next noisy trial is to be repeated.
  bool worthwhile() const { return fruitless_ < kMostFruitless; }

 private:
  std::size_t fruitless_ = 0;
};

}  // namespace bakeoff::experiment
