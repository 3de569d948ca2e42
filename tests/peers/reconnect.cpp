#include "tests/peers/reconnect.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bakeoff {
namespace {

constexpr double kTarget = 0.9;  ///< Of wrk's rate, at least.

double wrk_rate(const std::string& text) {
  constexpr std::string_view kLabel = "Requests/sec:";
  const auto at = text.find(kLabel);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + kLabel.size(), nullptr);
}

}  // namespace

void print_reconnect(const Settings& settings) {
  if (!settings.wants("reconnect")) return;
  const auto seconds = std::to_string(static_cast<int>(settings.window_s + 0.5));
  fmt::print(
      "\na server that ends connections: requests a second, medians of {} pairs (target: at least {} of wrk's)\n",
      settings.pairs, kTarget);
  for (const auto& [replies, connections] : {std::pair{10, 32}, {10, 256}, {100, 32}, {1, 32}}) {
    const auto server = start_floor("bakeoff-floor-closing", {std::to_string(replies)})();
    const Load load{"http", "/", static_cast<std::uint64_t>(connections), 1};
    Series ours, theirs;
    const auto drive_ours = [&] { ours.push_back(drive(*server, load, settings.window_s).rps); };
    const auto drive_wrk = [&] {
      theirs.push_back(drive_client({"wrk", "-t1", fmt::format("-c{}", connections), "-d" + seconds,
                                     fmt::format("http://127.0.0.1:{}/", server->port)},
                                    wrk_rate)
                           .figure);
    };
    for (std::size_t i = 0; i < settings.pairs; ++i) {
      i % 2 == 0 ? drive_ours() : drive_wrk();
      i % 2 == 0 ? drive_wrk() : drive_ours();
    }
    const auto ratio = compare(ours, theirs);
    const std::string interval = ratio->interval
                                     ? fmt::format("[{:.2f}, {:.2f}]", ratio->interval->low, ratio->interval->high)
                                     : "too few pairs";
    fmt::print("  after {:>3} replies, {:>3} connections   ours {:>8.0f}   wrk {:>8.0f}   ratio {:.2f} {}  {}\n",
               replies, connections, middle(ours), middle(theirs), ratio->median, interval,
               ratio->median >= kTarget ? "met" : "missed");
    std::fflush(stdout);
  }
}

}  // namespace bakeoff
