#include "harness/journal/fixed_wait.h"

#include <charconv>

namespace bakeoff::journal {

std::optional<double> fixed_wait_us(const LoadShape& load) {
  constexpr std::string_view kBefore = "/wait/{fixed:", kAfter = "}";
  const std::string_view request = load.request;
  if (!request.starts_with(kBefore) || !request.ends_with(kAfter)) return std::nullopt;
  const std::string_view text = request.substr(kBefore.size(), request.size() - kBefore.size() - kAfter.size());
  double us = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), us);
  if (error != std::errc() || end != text.data() + text.size() || !(us > 0)) return std::nullopt;
  return us;
}

std::optional<double> waiting_ceiling_rps(const LoadShape& load) {
  const auto wait_us = fixed_wait_us(load);
  if (!wait_us) return std::nullopt;
  return static_cast<double>(load.connections) * 1e6 / *wait_us;
}

bool ends_with_last_reply(const LoadShape& load) {
  return !load.is_open() && fixed_wait_us(load);
}

}  // namespace bakeoff::journal
