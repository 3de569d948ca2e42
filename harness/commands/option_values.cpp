// The values of options that several subcommands have.
#include <fmt/format.h>

#include <charconv>
#include <csignal>

#include "harness/commands/commands.h"
#include "harness/load/coordinator.h"

namespace bakeoff::commands {

std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number < least || number > most) {
    throw UsageError(fmt::format("{}: found \"{}\", expected a whole number from {} to {}", option, text, least, most));
  }
  return number;
}

double parse_duration_s(const std::string& option, const std::string& text, bool may_be_none) {
  constexpr double kLeastS = 0.001, kMostS = 86400;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, value);
  const std::string_view suffix(unit, static_cast<std::size_t>(end - unit));
  double scale = 0;
  if (suffix == "ms") scale = 1e-3;
  if (suffix == "s" || suffix.empty()) scale = 1;
  if (suffix == "m") scale = 60;
  if (suffix == "h") scale = 3600;
  const double seconds = value * scale;
  const bool none = may_be_none && value == 0;
  // Written so that nan fails it.
  if (error != std::errc{} || scale == 0 || !(none || (seconds >= kLeastS && seconds <= kMostS))) {
    throw UsageError(fmt::format("{}: found \"{}\", expected {}a time from 1ms to a day like 500ms, 10s or 5m", option,
                                 text, may_be_none ? "0 or " : ""));
  }
  return seconds;
}

double parse_share(const std::string& option, const std::string& text, double least) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, value);
  const std::string_view suffix(unit, static_cast<std::size_t>(end - unit));
  const double share = suffix == "%" ? value / 100 : value;
  // A bare 5 is more likely to mean 5 % than 500 %; it is asked back rather than guessed.
  if (error != std::errc{} || !(suffix.empty() || suffix == "%") || !(share > 0 && share >= least) || share > 1) {
    const std::string from = least > 0 ? fmt::format("from {}%", least * 100) : "above 0";
    throw UsageError(
        fmt::format("{}: found \"{}\", expected a share {} and up to 100% like 5% or 0.05", option, text, from));
  }
  return share;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { load::interrupted = true; };
  ::sigaction(SIGINT, &action, nullptr);  // no SA_RESTART: every wait ends early
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // A write beyond the limit on file sizes fails like one on a full disk.
}

}  // namespace bakeoff::commands
