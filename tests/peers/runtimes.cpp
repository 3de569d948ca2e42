#include "tests/peers/runtimes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/manifest.h"
#include "tests/peers/pairs.h"

namespace bakeoff::peers {
namespace {

constexpr double kRuntimeTarget = 1.10;
constexpr std::uint64_t kEchoConnections = 64;
/// The short programs: a folder for each, with its manifest.
const std::filesystem::path kEchoFolder = BAKEOFF_PEERS_DIRECTORY "/echo";

/// Two subjects of one language, and the file of the short one.
struct Beside {
  const char* subject;
  const char* echo;
  const char* file;
};
constexpr std::array kBeside{Beside{"go", "echo-go", "echo.go"}, Beside{"node", "echo-node", "echo.js"},
                             Beside{"python-asyncio", "echo-python", "echo.py"},
                             Beside{"java-virtual", "echo-java", "Echo.java"},
                             Beside{"rust-tokio", "echo-rust", "echo.rs"}};

/// Looked for and built. `why_not` becomes the reason why it cannot be started, unless it has one already.
const subjects::Subject& prepared(subjects::Inventory& inventory, const std::string& name, const std::string& workload,
                                  std::string& why_not) {
  subjects::prepare_subjects(inventory, {name},
                             [](const std::string& text) { fmt::print(stderr, "peers: {}\n", text); });
  const subjects::Subject& subject = *inventory.find(name);
  if (why_not.empty()) why_not = subjects::why_not_started(subject, workload, {});
  return subject;
}

}  // namespace

void print_runtime_costs(const PeersOptions& settings, subjects::Inventory inventory) {
  subjects::add_subjects_in(subjects::reference_directory() / "runtimes", inventory);
  subjects::add_subjects_in(kEchoFolder, inventory);
  for (const Beside& pair : kBeside) {
    PeerLoad load{"echo", "", kEchoConnections, 1};
    const std::string name = fmt::format("runtimes {} {} c={}", pair.subject, load.workload, load.connections);
    if (!settings.compares(name)) continue;
    std::string why_not;
    const subjects::Subject& ours = prepared(inventory, pair.subject, load.workload, why_not);
    const subjects::Subject& theirs = prepared(inventory, pair.echo, load.workload, why_not);
    if (!why_not.empty()) {
      fmt::print("{:<46} not run: {}\n", name, why_not);
      std::fflush(stdout);
      continue;
    }
    load.warmup_s = std::max({load.warmup_s, ours.foreign->warmup_s, theirs.foreign->warmup_s});
    compare_pairs(settings, name, pair.file, kRuntimeTarget, load,
                  start_by_manifest(ours, load.workload, load.connections),
                  start_by_manifest(theirs, load.workload, load.connections));
  }
}

}  // namespace bakeoff::peers
