// Random numbers with a shape, as pure functions of a stream and an index (mix.h): the same on every machine and for
// every subject.
#pragma once

#include <cstdint>
#include <string_view>

namespace bakeoff::workloads {

/// Draw number `index` of a stream, above 0 and below 1, in steps of 2^-53.
double uniform(std::uint64_t stream, std::uint64_t index);

/// What the words of an AmountDraw are about, for its errors.
struct AmountWords {
  std::string_view what;  ///< "http: a wait"
  std::string_view of;    ///< "microseconds"
  std::string_view unit;  ///< "US", in the forms that are shown.
};

/// A whole number of something: of the microseconds that a request waits, of the bytes of a file.
class AmountDraw {
 public:
  /// "fixed:AMOUNT", "exponential:MEAN" or "lognormal:MEDIAN,SIGMA"; SIGMA is that of the logarithm, 0 to 5. Throws
  /// std::invalid_argument in one line. `most` is the most that is drawn: longer draws are cut off there.
  AmountDraw(std::string_view text, const AmountWords& words, std::uint64_t most);

  std::uint64_t amount(std::uint64_t stream, std::uint64_t index) const;
  /// What is left of one at a moment that has nothing to do with it: such a moment meets long ones more often, and
  /// anywhere in them (Feller, "An Introduction to Probability Theory and Its Applications", volume 2, I.4).
  std::uint64_t rest(std::uint64_t stream, std::uint64_t index) const;

 private:
  enum class Shape : std::uint8_t { fixed, exponential, lognormal };
  double drawn(std::uint64_t stream, std::uint64_t index) const;
  std::uint64_t rounded(double amount) const;
  Shape shape_ = Shape::fixed;
  double scale_ = 0;
  double sigma_ = 0;
  std::uint64_t most_;
};

/// The words for the waits of the http workload.
inline constexpr AmountWords kWaitWords{.what = "http: a wait", .of = "microseconds", .unit = "US"};

/// The most that an exponent of Zipf's law may be here.
inline constexpr double kMostExponent = 10;

/// Numbers from 1 to `count`, number k with a probability proportional to 1 / k^exponent: Zipf's law. The exponent 0
/// draws all alike; 0.99 is that of YCSB. By rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to
/// generate variates from monotone discrete distributions", ACM TOMACS 6(3), 1996): no table, about 1.1 tries per
/// number.
class ZipfDraw {
 public:
  ZipfDraw(std::uint64_t count, double exponent);
  std::uint64_t number(std::uint64_t stream, std::uint64_t index) const;
  std::uint64_t count() const { return count_; }

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
