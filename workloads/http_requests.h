// What a load asks of the http workload, request by request, and what each has to be answered with. Fixed by the target
// and the stream (seed and connection) alone, so that every subject gets the same sequence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workloads/draws.h"

namespace bakeoff::workloads {

/// Stands in a target for the number that differs for each request.
inline constexpr std::string_view kNumberMark = "{k}";

class HttpRequests {
 public:
  /// `target` and `host` as in ClientSettings. Throws std::invalid_argument in one line. The answer of a target that
  /// computes is computed here, once per process and number of rounds: one or two nanoseconds per round.
  HttpRequests(std::string_view target, const std::string& host, std::uint64_t stream);

  /// Appends request number `index`, the first being 0.
  void append(std::string& requests, std::uint64_t index) const;

  /// The body that request number `index` must be answered with, in `buffer` or elsewhere; nullopt when it is not
  /// known, but every time the same.
  std::optional<std::string_view> expected_body(std::uint64_t index, std::string& buffer) const;

  /// Some requests compute and others do not.
  bool mixes() const { return kind_ == Kind::mixed; }
  /// When they mix: whether this one computes.
  bool is_heavy(std::uint64_t index) const;

 private:
  enum class Kind : std::uint8_t { same, number, wait, mixed };

  void take_mixture(std::string_view text);
  std::uint64_t number(std::uint64_t index) const;

  Kind kind_ = Kind::same;
  std::uint64_t stream_;
  std::string before_, after_;  ///< What stands around the number; all of it in before_ where there is none.
  std::optional<WaitDraw> wait_;
  double heavy_share_ = 0;
  std::string heavy_;                 ///< The whole request that computes.
  std::optional<std::string> known_;  ///< The answer of what is always the same, or of the heavy request.
};

/// The answer of GET /work/<rounds>, as text.
std::string work_answer(std::uint64_t rounds);

}  // namespace bakeoff::workloads
