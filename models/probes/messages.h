// Messages: two parties send each other some bytes. A mechanism adds only
//
//   void send(Side me, std::span<const std::byte> message);
//   void receive(Side me, std::span<std::byte> message);   // a whole message, of exactly that size
//
// and the body measures one message to and fro (half a round trip is the one-way latency) and many one way. Each
// message carries its number at its front and, where there is room, at its end; its receiver looks at both. What the
// numbering and the looking cost alone is taken off the latency. The switches that a message took are counted by the
// kernel.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/probes/batches.h"
#include "models/probes/parties.h"
#include "models/probes/probe.h"
#include "models/shared_memory.h"

namespace bakeoff {

inline constexpr std::size_t kMostMessageBytes = 65536;
inline constexpr SettingEntry kBytesSetting{
    .name = "bytes", .meaning = "size of a message", .standard = "64", .least = 1, .most = kMostMessageBytes};
inline constexpr std::array kMessageSettings{kBetweenSetting, kBytesSetting, kPlaceSetting};

/// Writes the number, or as many bytes of it as there is room for.
void number_message(std::span<std::byte> message, std::uint64_t number);
bool has_number(std::span<const std::byte> message, std::uint64_t number);

/// In shared memory. Whoever is to send next may write it.
struct TalkControl {
  enum class Command : std::uint8_t { echo, stream, report, stop };
  std::atomic<Command> command{Command::echo};
  std::atomic<std::uint64_t> stream{0};  ///< How many messages come before one is answered.
  ReportedUsage there;                   ///< What the second party had used when it was last asked to report.
  std::atomic<std::uint64_t> wrong{0};
};

/// One party's end: it numbers what it sends and checks what it receives.
template <typename Mechanism>
class Talker {
 public:
  Talker(Mechanism& mechanism, Side me, TalkControl& control, std::size_t bytes)
      : mechanism_(mechanism), me_(me), control_(control), out_(bytes), in_(bytes) {}

  void say() {
    number_message(out_, said_++);
    mechanism_.send(me_, out_);
  }
  void hear() {
    mechanism_.receive(me_, in_);
    if (!has_number(in_, heard_++)) ++control_.wrong;
  }

 private:
  Mechanism& mechanism_;
  Side me_;
  TalkControl& control_;
  std::vector<std::byte> out_, in_;
  std::uint64_t said_ = 0, heard_ = 0;
};

/// The second party, until it is told to stop.
template <typename Mechanism>
void answer_messages(Mechanism& mechanism, TalkControl& control, std::size_t bytes) {
  using Command = TalkControl::Command;
  Talker<Mechanism> talker(mechanism, Side::there, control, bytes);
  for (;;) {
    talker.hear();
    // Commands change only while nothing is on its way.
    const Command command = control.command.load(std::memory_order_acquire);
    if (command == Command::stop) return;
    if (command == Command::report) control.there.report();
    if (command == Command::stream) {
      for (std::uint64_t i = 1, count = control.stream; i < count; ++i) talker.hear();
    }
    talker.say();
  }
}

/// What the first party does, for sample_messages().
struct Talk {
  Steps round_trips;
  Steps stream;  ///< So many messages one way; returns when the last has been answered.
  std::function<Usage()> usage;
};
ProbeResult sample_messages(const Talk& talk, std::size_t bytes);

/// The first party: samples and stops the second. Where both run in one thread, `one_thread` keeps its use from being
/// counted twice.
template <typename Mechanism>
ProbeResult talk(Mechanism& mechanism, TalkControl& control, std::size_t bytes, bool one_thread) {
  using Command = TalkControl::Command;
  Talker<Mechanism> talker(mechanism, Side::here, control, bytes);
  const auto command = [&control](Command what) { control.command.store(what, std::memory_order_release); };
  const auto round_trips = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      talker.say();
      talker.hear();
    }
  };
  const auto stream = [&](std::uint64_t count) {
    control.stream = count;
    command(Command::stream);
    for (std::uint64_t i = 0; i < count; ++i) talker.say();
    talker.hear();
    command(Command::echo);
  };
  const auto usage = [&] {
    if (one_thread) return usage_of_this_thread();
    command(Command::report);
    round_trips(1);
    command(Command::echo);
    return usage_of_this_thread() + control.there.read();
  };
  ProbeResult result = sample_messages({.round_trips = round_trips, .stream = stream, .usage = usage}, bytes);
  command(Command::stop);
  talker.say();
  return result;
}

/// Says so when a message did not arrive as it was sent. When both parties have ended.
void expect_right(ProbeResult& result, const TalkControl& control);

/// The whole probe, between threads or processes. Ask places_of() before the mechanism is made: it may throw.
template <typename Mechanism>
ProbeResult exchange_messages(Mechanism& mechanism, std::string_view between, Places places, std::size_t bytes) {
  const SharedArray<TalkControl> shared(1);
  TalkControl& control = shared[0];
  pin_to(places.here);
  Companion companion(between, places.there, [&] { answer_messages(mechanism, control, bytes); });
  ProbeResult result = talk(mechanism, control, bytes, false);
  companion.join();
  result.peak_live_units = result.units_created = 1;
  expect_right(result, control);
  return result;
}

/// With kMessageSettings.
template <typename Mechanism>
ProbeResult exchange_messages(Mechanism& mechanism, const Settings& settings) {
  return exchange_messages(mechanism, settings.text("between"), places_of(settings.text("place")),
                           settings.number("bytes"));
}

}  // namespace bakeoff
