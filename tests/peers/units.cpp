#include "tests/peers/units.h"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/subjects/install_paths.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::peers {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kIncrements = 50'000'000;
constexpr std::uint64_t kLeaves = 1'000'000;
/// The source of the other side, beside the harness's own sources.
const std::filesystem::path kSkynetSource = BAKEOFF_PEERS_DIRECTORY "/skynet.go";

/// The last line that a program prints. Throws where it fails or prints nothing.
std::string last_line(const std::vector<std::string>& argv, const std::vector<int>& cpus) {
  subjects::Command command;
  command.argv = argv;
  command.cpus = cpus;
  subjects::Process program = subjects::Process::start(command);
  std::string last;
  while (const auto line = program.read_line(120s)) last = *line;
  const auto ended = program.wait(5s);
  if (!ended || !ended->exited || ended->status != 0 || last.empty()) {
    throw std::runtime_error(fmt::format("{} {}: {}", argv[0], argv[1], ended ? ended->describe() : "did not end"));
  }
  return last;
}

/// A figure of bakeoff-subject's result, which has to be right.
double figure(std::vector<std::string> arguments, const std::string& name, const std::vector<int>& cpus) {
  arguments.insert(arguments.begin(), subjects::subject_program().string());
  const auto result = nlohmann::json::parse(last_line(arguments, cpus));
  if (!result.at("right").get<bool>()) throw std::runtime_error(result.at("complaint").get<std::string>());
  return result.at("figures").at(name).get<double>();
}

using Time = std::function<double()>;

void compare_times(const PeersOptions& settings, const std::string& name, const char* theirs_name, const char* unit,
                   double target, const Time& ours, const Time& theirs) {
  stats::Series a, b;
  for (std::size_t i = 0; i < settings.pairs; ++i) {
    const bool ours_first = i % 2 == 0;
    if (ours_first) a.push_back(ours());
    b.push_back(theirs());
    if (!ours_first) a.push_back(ours());
  }
  const auto ratio = bakeoff::stats::compare(a, b);
  fmt::print("{:<40} {:>8.2f} {} {:>8.2f} {} {:<20} {:>5.2f} {:<14} {:>6.2f} {}\n", name, median_of(a), unit,
             median_of(b), unit, theirs_name, ratio->median, interval_text(ratio->interval), target,
             ratio->median <= target ? "met" : "missed");
  std::fflush(stdout);
}

void print_time(const PeersOptions& settings, const std::string& name, double target_ns, const Time& time_ns) {
  stats::Series series;
  for (std::size_t i = 0; i < settings.pairs; ++i) series.push_back(time_ns());
  fmt::print("{:<40} {:>8.2f} ns {:>54.0f} ns {}\n", name, median_of(series), target_ns,
             median_of(series) <= target_ns ? "met" : "missed");
  std::fflush(stdout);
}

/// skynet.go, built; "" where there is no Go.
std::filesystem::path build_skynet(const subjects::ScratchFolder& folder) {
  const std::filesystem::path program = folder.path() / "skynet";
  subjects::Command command;
  // Its cache lies in the folder, so that nothing is left in the home of who runs this.
  command.argv = {"env",
                  "GOCACHE=" + (folder.path() / "cache").string(),
                  "go",
                  "build",
                  "-o",
                  program.string(),
                  kSkynetSource.string()};
  command.error_file = folder.path() / "stderr";
  subjects::Process go = subjects::Process::start(command);
  const auto ended = go.wait(120s);
  return ended && ended->exited && ended->status == 0 ? program : std::filesystem::path{};
}

void compare_skynet(const PeersOptions& settings) {
  const subjects::ScratchFolder folder;
  const std::filesystem::path program = build_skynet(folder);
  if (program.empty()) {
    fmt::print("skynet beside goroutines: not run: needs go\n");
    return;
  }
  const auto on = [&](const std::vector<int>& cpus, const char* where) {
    compare_times(
        settings, fmt::format("skynet, {} leaves, fiber, {}", kLeaves, where), "goroutines", "ms", 2,
        [&] {
          return figure({"job", "fiber", "skynet", "--size", std::to_string(kLeaves)}, "elapsed_ms", cpus);
        },
        [&] {
          const std::string line = last_line({program.string(), std::to_string(kLeaves)}, cpus);
          const std::uint64_t expected = kLeaves * (kLeaves - 1) / 2;
          const auto space = line.find(' ');
          if (line.substr(0, space) != std::to_string(expected)) throw std::runtime_error("skynet.go: got " + line);
          return std::stod(line.substr(space));
        });
  };
  on(kServerCpus, "one CPU");
  if (kAllowed.size() > 1) on(kAllowed, "all CPUs");
}

}  // namespace

void print_unit_costs(const PeersOptions& settings) {
  if (!settings.wants("units")) return;
  fmt::print("\n{:<40} {:>11} {:>11} {:<20} {:>5} {:<14} {:>6}\n", "units, medians", "ours", "theirs", "", "ratio",
             "95 %", "aim");
  const std::string count = std::to_string(kIncrements);
  compare_times(
      settings, "shared-count atomic, one thread", "the instruction", "ns", 1.2,
      [&] {
        return figure({"job", "thread", "shared-count", "--size", count, "--set", "discipline=atomic"}, "operation_ns",
                      kServerCpus);
      },
      [&] {
        const auto floor = subjects::executable_directory() / "bakeoff-floor-atomic";
        return std::stod(last_line({floor.string(), count}, kServerCpus));
      });
  compare_skynet(settings);
  const auto probe = [&](const std::string& name, const std::string& of, double to_ns) {
    return [=] { return to_ns * figure({"probe", name}, of, kServerCpus); };
  };
  constexpr double kUsToNs = 1000;
  print_time(settings, "fiber, create and join", 500, probe("spawn-fiber", "create_and_join_us", kUsToNs));
  print_time(settings, "fiber, yield", 120, probe("switch-fiber-yield", "switch_ns", 1));
  print_time(settings, "coroutine, resume", 5, probe("switch-coroutine", "switch_ns", 1));
}

}  // namespace bakeoff::peers
