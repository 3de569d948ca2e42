#include "workloads/draws.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

#include "workloads/client.h"
#include "workloads/integer.h"
#include "workloads/mix.h"

namespace bakeoff::workloads {
namespace {

constexpr double kMostSigma = 5;

std::uint64_t whole_amount(std::string_view text, const AmountWords& words, std::uint64_t most) {
  const auto number = parse_unsigned(text);
  if (!number || *number > most) {
    throw std::invalid_argument(std::string(words.what) + " is a whole number of " + std::string(words.of) + " up to " +
                                std::to_string(most) + ", found \"" + printable(text) + "\"");
  }
  return *number;
}

/// expm1(x) / x and log1p(x) / x, which are 1 at 0.
double expm1_over(double x) {
  return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2;
}
double log1p_over(double x) {
  return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2;
}

}  // namespace

double uniform(std::uint64_t stream, std::uint64_t index) {
  return (static_cast<double>(draw(stream, index) >> 11) + 0.5) * 0x1p-53;
}

double parse_decimal(std::string_view text, double least, double most) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most)) return -1;
  return value;
}

AmountDraw::AmountDraw(std::string_view text, const AmountWords& words, std::uint64_t most) : most_(most) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view shape = text.substr(0, colon);
  const std::string_view rest = colon == text.size() ? "" : text.substr(colon + 1);
  const std::string what(words.what), unit(words.unit);
  if (shape != "fixed" && shape != "exponential" && shape != "lognormal") {
    throw std::invalid_argument(what + " is drawn fixed:" + unit + ", exponential:MEAN_" + unit +
                                " or lognormal:MEDIAN_" + unit + ",SIGMA, found \"" + printable(text) + "\"");
  }
  const std::size_t comma = std::min(rest.find(','), rest.size());
  scale_ = static_cast<double>(whole_amount(shape == "lognormal" ? rest.substr(0, comma) : rest, words, most));
  if (shape == "fixed") return;
  shape_ = shape == "exponential" ? Shape::exponential : Shape::lognormal;
  if (shape_ == Shape::exponential) return;
  const std::string_view sigma = comma == rest.size() ? "" : rest.substr(comma + 1);
  sigma_ = parse_decimal(sigma, 0, kMostSigma);
  if (sigma_ < 0) {
    throw std::invalid_argument(what + " with a lognormal shape has a sigma from 0 to 5, found \"" + printable(sigma) +
                                "\"");
  }
}

double AmountDraw::drawn(std::uint64_t stream, std::uint64_t index) const {
  if (shape_ == Shape::exponential) return scale_ * -std::log(uniform(stream, index));
  if (shape_ != Shape::lognormal) return scale_;
  // Box and Muller, "A note on the generation of random normal deviates", 1958.
  const double radius = std::sqrt(-2 * std::log(uniform(stream, 2 * index)));
  return scale_ * std::exp(sigma_ * radius * std::cos(2 * std::numbers::pi * uniform(stream, 2 * index + 1)));
}

std::uint64_t AmountDraw::rounded(double amount) const {
  return static_cast<std::uint64_t>(std::llround(std::min(amount, static_cast<double>(most_))));
}

std::uint64_t AmountDraw::amount(std::uint64_t stream, std::uint64_t index) const {
  return rounded(drawn(stream, index));
}

std::uint64_t AmountDraw::rest(std::uint64_t stream, std::uint64_t index) const {
  if (shape_ == Shape::exponential) return amount(stream, index);  // It has no memory.
  // A lognormal amount that is met in proportion to its length is lognormal too, with the median times exp(sigma^2).
  const double met = drawn(stream, index) * std::exp(sigma_ * sigma_);
  return rounded(met * uniform(mix(stream), index));
}

ZipfDraw::ZipfDraw(std::uint64_t count, double exponent) : count_(count), exponent_(exponent) {
  first_ = integral(1.5) - 1;
  last_ = integral(static_cast<double>(count) + 0.5);
  shortcut_ = 2 - inverse(integral(2.5) - density(2));
}

double ZipfDraw::density(double x) const {
  return std::exp(-exponent_ * std::log(x));
}

double ZipfDraw::integral(double x) const {
  const double log = std::log(x);
  return expm1_over((1 - exponent_) * log) * log;
}

double ZipfDraw::inverse(double x) const {
  const double scaled = std::max(-1.0, x * (1 - exponent_));
  return std::exp(log1p_over(scaled) * x);
}

std::uint64_t ZipfDraw::number(std::uint64_t stream, std::uint64_t index) const {
  if (exponent_ == 0) return 1 + draw(stream, index) % count_;
  const std::uint64_t tries = draw(stream, index);
  for (std::uint64_t attempt = 0;; ++attempt) {
    const double area = last_ + uniform(tries, attempt) * (first_ - last_);
    const double x = inverse(area);
    const double k = std::clamp(std::round(x), 1.0, static_cast<double>(count_));
    if (k - x <= shortcut_ || area >= integral(k + 0.5) - density(k)) return static_cast<std::uint64_t>(k);
  }
}

}  // namespace bakeoff::workloads
