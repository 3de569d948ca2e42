#include "tests/peers/reconnect.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bakeoff::peers {
namespace {

constexpr double kTarget = 0.9;  ///< The least share of wrk's rate.

/// How the server ends a connection, and of how many.
struct Ending {
  int replies;
  const char* when;  ///< As floor_closing.cpp's third argument.
  std::uint64_t connections;
};
constexpr std::array kEndings{Ending{10, "at-once", 32}, Ending{10, "late", 32}, Ending{10, "late", 256},
                              Ending{100, "late", 32}, Ending{1, "at-once", 32}};

double wrk_rate(const std::string& text) {
  constexpr std::string_view kLabel = "Requests/sec:";
  const auto at = text.find(kLabel);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + kLabel.size(), nullptr);
}

}  // namespace

void print_reconnect(const PeersOptions& settings) {
  if (!settings.wants("reconnect")) return;
  const auto seconds = std::to_string(static_cast<int>(settings.window_s + 0.5));
  fmt::print(
      "\na server that ends connections: requests a second, medians of {} pairs (target: at least {} of wrk's)\n",
      settings.pairs, kTarget);
  for (const Ending& ending : kEndings) {
    const auto server = start_floor("bakeoff-floor-closing", {std::to_string(ending.replies), ending.when})();
    const PeerLoad load{"http", "/", ending.connections, 1};
    stats::Series ours, theirs;
    const auto drive_ours = [&] { ours.push_back(drive(*server, load, settings.window_s).rps); };
    const auto drive_wrk = [&] {
      theirs.push_back(drive_client({"wrk", "-t1", fmt::format("-c{}", ending.connections), "-d" + seconds,
                                     fmt::format("http://127.0.0.1:{}/", server->port)},
                                    wrk_rate)
                           .figure);
    };
    for (std::size_t i = 0; i < settings.pairs; ++i) {
      i % 2 == 0 ? drive_ours() : drive_wrk();
      i % 2 == 0 ? drive_wrk() : drive_ours();
    }
    const auto ratio = stats::compare(ours, theirs);
    fmt::print("  after {:>3} replies {:<7} {:>3} connections   ours {:>8.0f}   wrk {:>8.0f}   ratio {:.2f} {}  {}\n",
               ending.replies, ending.when, ending.connections, median_of(ours), median_of(theirs), ratio->median,
               interval_text(ratio->interval), ratio->median >= kTarget ? "met" : "missed");
    std::fflush(stdout);
  }
}

}  // namespace bakeoff::peers
