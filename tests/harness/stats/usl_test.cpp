// The fits get back what exact curves were made with.
#include "harness/stats/usl.h"

#include <gtest/gtest.h>

#include <vector>

namespace bakeoff::stats {
namespace {

std::vector<ScalingPoint> points_on(const ScalingFit& curve, const std::vector<double>& processors) {
  std::vector<ScalingPoint> points;
  for (const double n : processors) points.push_back({n, speedup_of(curve, n)});
  return points;
}

TEST(Scalability, TheCurveIsTheOneOfTheBooks) {
  EXPECT_DOUBLE_EQ(speedup_of({.sigma = 0, .kappa = 0}, 8), 8);
  EXPECT_DOUBLE_EQ(speedup_of({.sigma = 0.1, .kappa = 0}, 2), 1 / (0.1 + 0.9 / 2));  // Amdahl's own form.
  EXPECT_DOUBLE_EQ(speedup_of({.sigma = 0.02, .kappa = 0.0005}, 32), 32 / (1 + 0.02 * 31 + 0.0005 * 32 * 31));
}

TEST(Scalability, ExactPointsGiveTheirCoefficientsBack) {
  for (const ScalingFit& curve : {ScalingFit{.sigma = 0.05, .kappa = 0.002}, ScalingFit{.sigma = 0, .kappa = 0.01},
                                  ScalingFit{.sigma = 0.3, .kappa = 0}, ScalingFit{.sigma = 0, .kappa = 0}}) {
    const auto fit = fit_scalability(points_on(curve, {1, 2, 4, 8, 16}));
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->sigma, curve.sigma, 1e-12);
    EXPECT_NEAR(fit->kappa, curve.kappa, 1e-12);
  }
}

TEST(Scalability, AmdahlsFitIgnoresKappa) {
  const auto fit = fit_amdahl(points_on({.sigma = 0.25, .kappa = 0}, {1, 2, 4}));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->sigma, 0.25, 1e-12);
  EXPECT_EQ(fit->kappa, 0);
}

TEST(Scalability, NeitherCoefficientIsNegative) {
  // Better than linear: caches of more processors.
  const auto linear = fit_scalability(std::vector<ScalingPoint>{{1, 1}, {2, 2.2}, {4, 4.8}});
  ASSERT_TRUE(linear);
  EXPECT_EQ(linear->sigma, 0);
  EXPECT_EQ(linear->kappa, 0);
  // A curve that gets better towards its end would want kappa below 0: it is Amdahl's then.
  const std::vector<ScalingPoint> upward{{1, 1}, {2, 1.5}, {4, 2.9}};
  const auto fit = fit_scalability(upward);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->kappa, 0);
  EXPECT_DOUBLE_EQ(fit->sigma, fit_amdahl(upward)->sigma);
  EXPECT_GT(fit->sigma, 0);
  // One that has a peak so early that sigma would be below 0.
  const auto peaked = fit_scalability(std::vector<ScalingPoint>{{1, 1}, {2, 2}, {4, 2}});
  ASSERT_TRUE(peaked);
  EXPECT_EQ(peaked->sigma, 0);
  EXPECT_GT(peaked->kappa, 0);
}

TEST(Scalability, SaysNothingOfTooFewPoints) {
  EXPECT_FALSE(fit_scalability({}));
  EXPECT_FALSE(fit_scalability(std::vector<ScalingPoint>{{1, 1}, {2, 1.9}}));
  EXPECT_FALSE(fit_scalability(std::vector<ScalingPoint>{{1, 1}, {2, 1.9}, {2, 1.8}}));
  EXPECT_FALSE(fit_amdahl(std::vector<ScalingPoint>{{1, 1}}));
  EXPECT_TRUE(fit_amdahl(std::vector<ScalingPoint>{{1, 1}, {2, 1.9}}));
}

}  // namespace
}  // namespace bakeoff::stats
