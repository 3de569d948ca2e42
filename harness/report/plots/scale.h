// From values to pixels, and the values that are marked along an axis. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bakeoff::report::plots {

struct Tick {
  double value = 0;
  std::string text;
};

class Scale {
 public:
  enum class Kind { linear, logarithmic };

  /// `low` < `high`, both above 0 on a logarithmic scale. They are at the pixels `from` and `to`, of which either may
  /// be the larger one.
  Scale(Kind kind, double low, double high, double from, double to);

  /// Of a value outside, the nearer end.
  double at(double value) const;
  /// Of a value outside, where it would be; on a logarithmic scale of one above 0.
  double at_or_beyond(double value) const;
  bool holds(double value) const { return low_ <= value && value <= high_; }
  double low() const { return low_; }
  double high() const { return high_; }
  double from() const { return from_; }
  double to() const { return to_; }

  /// Some five round values; on a logarithmic scale powers of ten, with 2 and 5 times these where there is room.
  std::vector<Tick> ticks() const;

 private:
  Kind kind_;
  double low_, high_, from_, to_;
};

struct Range {
  double low = 0, high = 1;
};

/// A value, and its interval where it is known.
struct ValueWithin {
  double value = 0;
  std::optional<double> low{}, high{};
};

/// What a scale has to show: the values, but for outliers, and of their intervals as much as lies within half the
/// lowest and twice the highest of those values. An outlier is one of at most a tenth of the values that lie more than
/// ten times beyond all others. A little more at both ends. A value that is not above 0, or that no measurement has
/// (beyond 1e100), is left out; nullopt without any other.
std::optional<Range> logarithmic_range(std::span<const ValueWithin> values);

/// From 0 to a little above the highest of the values that are believed; at most ten times their median.
std::optional<Range> range_from_zero(std::span<const double> values);

}  // namespace bakeoff::report::plots
