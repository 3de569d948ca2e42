// Looks for the highest rate that meets an SLO. Pure: it says which rate to try, and is told what came of it.
//
// From the start rate it climbs, or goes down, by doubling, until a rate that passes and one that fails are known; then
// it bisects (geometrically) to 3 %, and confirms the highest pass by repeats at full length. A repeat that fails makes
// that rate a fail, and the search goes on below it: one lucky step shall not be the result. The number of steps is
// bounded, so that a server that passes and fails at random cannot keep it busy for ever.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bakeoff {

struct SloSearchSettings {
  double start_rps = 1000;
  double floor_rps = 1;
  double ceiling_rps = 1e7;
  double factor = 2;        ///< From step to step while climbing and going down.
  double precision = 0.03;  ///< Between the last pass and the first fail.
  std::size_t confirmations = 3;
  std::size_t most_steps = 60;  ///< Confirmations included.
};

struct SloStep {
  double rate_rps = 0;
  bool confirms = false;
};

struct SloResult {
  std::optional<double> last_pass_rps;   ///< Absent: not met at any rate that was tried.
  std::optional<double> first_fail_rps;  ///< The lowest fail above it; absent: met up to the ceiling.
  std::string broke;                     ///< At the first fail, as SloVerdict::broke.
  std::size_t confirmations = 0;         ///< Repeats of the last pass that passed too.
  std::size_t steps = 0;
  bool settled = false;  ///< The search came to its end: all repeats passed, or even the floor failed.
};

class SloSearch {
 public:
  explicit SloSearch(const SloSearchSettings& settings);

  /// What to try next; nullopt when the search is over. The same answer until tell() is called.
  std::optional<SloStep> next() const;
  /// What came of the step that next() named: "" for a pass, otherwise what broke.
  void tell(const std::string& broke);

  /// What is known so far.
  SloResult result() const;

 private:
  bool is_narrow() const;

  SloSearchSettings settings_;
  std::vector<double> passes_;  ///< Ascending, all below the fail.
  std::optional<double> fail_;
  std::string broke_;
  std::size_t confirmed_ = 0;  ///< Of the last of the passes.
  std::size_t steps_ = 0;
};

}  // namespace bakeoff
