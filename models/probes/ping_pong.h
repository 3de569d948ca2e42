// Switches: two parties pass a token back and forth. A mechanism adds only how a party waits for it and wakes the
// other:
//
//   void wait(Side me);    // returns when the token is mine
//   void wake(Side whom);  // hands it over
//
// A hand-over is half a round trip, as the field reports it: the mechanism's own system calls are in it, since no
// program switches without them; switch-syscall says what one costs. After each hand-over a party may walk through
// memory of its own. The cost of the walk and the loop, measured with one party alone, is subtracted. What remains is
// the hand-over and what it made the walk dearer by: `walk=lines` writes to each cache line, and so finds out what is
// no longer in the caches; `walk=pages` writes to one line of each page, and so finds out what is no longer in the TLB.
// With `touch=both` the second party's walk evicts as well; with `touch=first` only the switch can have done so.
// `walk_ns` says what was subtracted per hand-over. A difference that is small beside it is noise, and may be below 0.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "models/probes/batches.h"
#include "models/probes/parties.h"
#include "models/probes/probe.h"
#include "models/probes/touched_memory.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {

inline constexpr workloads::SettingEntry kWorkingSetSetting{
    .name = "working-set-kib",
    .meaning = "memory that each party walks through when it has the token",
    .default_value = "0",
    .most = 16384};
inline constexpr std::string_view kWalks[] = {"lines", "pages"};
inline constexpr workloads::SettingEntry kWalkSetting{
    .name = "walk",
    .meaning = "whether a walk writes to each cache line, or to one of each page (which asks the TLB most)",
    .default_value = "lines",
    .choices = kWalks};
inline constexpr std::string_view kTouches[] = {"both", "first"};
inline constexpr workloads::SettingEntry kTouchSetting{.name = "touch",
                                                       .meaning = "whether both parties walk or only the first",
                                                       .default_value = "both",
                                                       .choices = kTouches};
inline constexpr std::array kSwitchSettings{kBetweenSetting, kPlaceSetting, kTouchSetting, kWalkSetting,
                                            kWorkingSetSetting};

/// Memory of one party, present from the start.
class WorkingSet {
 public:
  /// That of a party by the settings; empty for the second party with touch=first.
  WorkingSet(const workloads::Settings& settings, Side party);
  WorkingSet(std::uint64_t kib, std::string_view walk);
  /// Out of line, so that it is the same code in both parties and when it is measured alone.
  void walk();

  std::size_t lines_per_walk() const { return count_ + pages_; }

 private:
  struct alignas(64) Line {
    volatile std::uint64_t word = 0;
  };
  std::size_t count_, pages_;  // What a walk writes to; one of them is 0.
  std::unique_ptr<Line[]> lines_;
  TouchedMemory small_pages_;  // A huge page needs one translation only.
  std::size_t lines_per_page_;
};

/// In shared memory. Only the party that has the token may write it.
struct PingPongControl {
  enum class Command : std::uint8_t { go, report, stop };
  std::atomic<Command> command{Command::go};
  ReportedUsage there;  ///< What the second party had used when it was last asked to report.
};

/// The second party, until it is told to stop.
template <typename Mechanism>
void return_tokens(Mechanism& mechanism, PingPongControl& control, const workloads::Settings& settings) {
  using Command = PingPongControl::Command;
  WorkingSet memory(settings, Side::there);
  for (;;) {
    mechanism.wait(Side::there);
    memory.walk();
    const Command command = control.command.load(std::memory_order_acquire);
    if (command == Command::stop) return;
    if (command == Command::report) control.there.report();
    mechanism.wake(Side::here);
  }
}

/// A round trip without the hand-overs: the walks of both and the loop, in ns. Asked before there is a second party,
/// whose walk is through the same memory.
double walks_alone_ns(WorkingSet& memory, const workloads::Settings& settings);

/// Samples round trips. `usage` is what all parties have used so far.
ProbeResult sample_hand_overs(const Steps& round_trips, const std::function<Usage()>& usage, double walks_ns);

/// The first party: samples the hand-overs and stops the second. Where both run in one thread, `one_thread` keeps its
/// use from being counted twice.
template <typename Mechanism>
ProbeResult hand_tokens(Mechanism& mechanism, PingPongControl& control, WorkingSet& memory, double walks_ns,
                        bool one_thread) {
  using Command = PingPongControl::Command;
  const auto round_trips = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      memory.walk();
      mechanism.wake(Side::there);
      mechanism.wait(Side::here);
    }
  };
  const auto usage = [&] {
    if (one_thread) return usage_of_this_thread();
    control.command.store(Command::report, std::memory_order_release);
    round_trips(1);
    control.command.store(Command::go, std::memory_order_release);
    return usage_of_this_thread() + control.there.read();
  };
  ProbeResult result = sample_hand_overs(round_trips, usage, walks_ns);
  control.command.store(Command::stop, std::memory_order_release);
  mechanism.wake(Side::there);
  return result;
}

/// Says so when threads or processes on one CPU took turns without switches.
void check_switches(ProbeResult& result);

/// The whole probe, between threads or processes. The settings are kSwitchSettings.
template <typename Mechanism>
ProbeResult ping_pong(Mechanism& mechanism, const workloads::Settings& settings) {
  const CpuPair cpus = choose_cpus(settings.text("place"));
  const SharedArray<PingPongControl> shared(1);
  PingPongControl& control = shared[0];
  pin_to(cpus.here);
  WorkingSet memory(settings, Side::here);
  const double walks_ns = walks_alone_ns(memory, settings);
  SecondParty second_party(settings.text("between"), cpus.there, [&] { return_tokens(mechanism, control, settings); });
  ProbeResult result = hand_tokens(mechanism, control, memory, walks_ns, false);
  second_party.join();
  result.peak_live_units = result.units_created = 1;
  if (cpus.here == cpus.there) check_switches(result);
  return result;
}

}  // namespace bakeoff::models::probes
