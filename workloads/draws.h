// Random numbers with a shape, as pure functions of a stream and an index (mix.h): the same on every machine and for
// every subject.
#pragma once

#include <cstdint>
#include <string_view>

namespace bakeoff::workloads {

/// Draw number `index` of a stream, above 0 and below 1, in steps of 2^-53.
double uniform(std::uint64_t stream, std::uint64_t index);

/// How long something takes, in whole microseconds.
class WaitDraw {
 public:
  /// "fixed:MICROSECONDS", "exponential:MEAN" or "lognormal:MEDIAN,SIGMA"; SIGMA is that of the logarithm, 0 to 5.
  /// Throws std::invalid_argument in one line. `longest_us` is the most that is drawn: longer draws are cut off there.
  WaitDraw(std::string_view text, std::uint64_t longest_us);

  std::uint64_t us(std::uint64_t stream, std::uint64_t index) const;

 private:
  enum class Shape : std::uint8_t { fixed, exponential, lognormal };
  Shape shape_ = Shape::fixed;
  double scale_us_ = 0;
  double sigma_ = 0;
  std::uint64_t longest_us_;
};

/// Numbers from 1 to `count`, number k with a probability proportional to 1 / k^exponent: Zipf's law. The exponent 0
/// draws all alike; 0.99 is that of YCSB. By rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to
/// generate variates from monotone discrete distributions", ACM TOMACS 6(3), 1996): no table, about 1.1 tries per
/// number.
class ZipfDraw {
 public:
  ZipfDraw(std::uint64_t count, double exponent);
  std::uint64_t number(std::uint64_t stream, std::uint64_t index) const;

 private:
  double density(double x) const;
  double integral(double x) const;
  double inverse(double x) const;

  std::uint64_t count_;
  double exponent_;
  double first_ = 0, last_ = 0, shortcut_ = 0;
};

/// A decimal number without sign or exponent, "0.05", from `least` to `most`; negative when it is not one.
double parse_decimal(std::string_view text, double least, double most);

}  // namespace bakeoff::workloads
