// What several subcommands need.
#include <charconv>
#include <csignal>

#include "harness/commands/commands.h"
#include "harness/load/coordinator.h"

namespace bakeoff {

double parse_duration_s(const std::string& option, const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, value);
  const std::string_view suffix(unit, static_cast<std::size_t>(end - unit));
  double scale = 0;
  if (suffix == "ms") scale = 1e-3;
  if (suffix == "s" || suffix.empty()) scale = 1;
  if (suffix == "m") scale = 60;
  if (suffix == "h") scale = 3600;
  if (error != std::errc{} || scale == 0 || !(value > 0) || value * scale > 86400) {
    throw UsageError(option + ": found \"" + text + "\", expected a time up to a day like 500ms, 10s or 5m");
  }
  return value * scale;
}

double parse_share(const std::string& option, const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, value);
  const std::string_view suffix(unit, static_cast<std::size_t>(end - unit));
  const double share = suffix == "%" ? value / 100 : value;
  // A bare 5 is more likely to mean 5 % than 500 %; it is asked back rather than guessed.
  if (error != std::errc{} || !(suffix.empty() || suffix == "%") || !(share > 0) || share > 1) {
    throw UsageError(option + ": found \"" + text + "\", expected a share above 0 and up to 100% like 5% or 0.05");
  }
  return share;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  ::sigaction(SIGINT, &action, nullptr);  // no SA_RESTART: every wait ends early
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // A write beyond the limit on file sizes fails like one on a full disk.
}

}  // namespace bakeoff
