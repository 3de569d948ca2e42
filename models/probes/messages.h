// Messages: two parties send each other some bytes. A mechanism adds only
//
//   void send(Side me, std::span<const std::byte> message);
//   void receive(Side me, std::span<std::byte> message);   // a whole message, of exactly that size
//
// and the body measures one message to and fro (half a round trip is the one-way latency) and many one way. Each
// message carries its number at its front and, where there is room, at its end; its receiver checks both. The cost of
// numbering and checking alone is subtracted from the latency. The kernel counts the switches that a message took.
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
#include "models/shared_array.h"

namespace bakeoff::models::probes {

inline constexpr std::size_t kMostMessageBytes = 65536;
inline constexpr workloads::SettingEntry kBytesSetting{
    .name = "bytes", .meaning = "size of a message", .default_value = "64", .least = 1, .most = kMostMessageBytes};
inline constexpr std::array kMessageSettings{kBetweenSetting, kBytesSetting, kPlaceSetting};

/// Writes the number, or as many bytes of it as there is room for.
void number_message(std::span<std::byte> message, std::uint64_t number);
bool has_number(std::span<const std::byte> message, std::uint64_t number);

/// In shared memory. Only the party that sends next may write it.
struct MessageControl {
  enum class Command : std::uint8_t { echo, stream, report, stop };
  std::atomic<Command> command{Command::echo};
  std::atomic<std::uint64_t> stream{0};  ///< How many messages come before one is answered.
  ReportedUsage there;                   ///< What the second party had used when it was last asked to report.
  std::atomic<std::uint64_t> wrong{0};
};

/// One party's end: it numbers what it sends and checks what it receives.
template <typename Mechanism>
class MessageEndpoint {
 public:
  MessageEndpoint(Mechanism& mechanism, Side me, MessageControl& control, std::size_t bytes)
      : mechanism_(mechanism), me_(me), control_(control), out_(bytes), in_(bytes) {}

  void send_next() {
    number_message(out_, sent_++);
    mechanism_.send(me_, out_);
  }
  void receive_next() {
    mechanism_.receive(me_, in_);
    if (!has_number(in_, received_++)) ++control_.wrong;
  }

 private:
  Mechanism& mechanism_;
  Side me_;
  MessageControl& control_;
  std::vector<std::byte> out_, in_;
  std::uint64_t sent_ = 0, received_ = 0;
};

/// The second party, until it is told to stop.
template <typename Mechanism>
void answer_messages(Mechanism& mechanism, MessageControl& control, std::size_t bytes) {
  using Command = MessageControl::Command;
  MessageEndpoint<Mechanism> endpoint(mechanism, Side::there, control, bytes);
  for (;;) {
    endpoint.receive_next();
    // Commands change only while no message is in flight.
    const Command command = control.command.load(std::memory_order_acquire);
    if (command == Command::stop) return;
    if (command == Command::report) control.there.report();
    if (command == Command::stream) {
      for (std::uint64_t i = 1, count = control.stream; i < count; ++i) endpoint.receive_next();
    }
    endpoint.send_next();
  }
}

/// What the first party does, for sample_messages().
struct MessageExchange {
  Steps round_trips;
  Steps stream;  ///< Sends that many messages one way; returns when the last has been answered.
  std::function<Usage()> usage;
};
ProbeResult sample_messages(const MessageExchange& exchange, std::size_t bytes);

/// The first party: samples and stops the second. Where both run in one thread, `one_thread` keeps its use from being
/// counted twice.
template <typename Mechanism>
ProbeResult measure_messages(Mechanism& mechanism, MessageControl& control, std::size_t bytes, bool one_thread) {
  using Command = MessageControl::Command;
  MessageEndpoint<Mechanism> endpoint(mechanism, Side::here, control, bytes);
  const auto command = [&control](Command what) { control.command.store(what, std::memory_order_release); };
  const auto round_trips = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      endpoint.send_next();
      endpoint.receive_next();
    }
  };
  const auto stream = [&](std::uint64_t count) {
    control.stream = count;
    command(Command::stream);
    for (std::uint64_t i = 0; i < count; ++i) endpoint.send_next();
    endpoint.receive_next();
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
  endpoint.send_next();
  return result;
}

/// Says so when a message did not arrive as it was sent. When both parties have ended.
void check_messages(ProbeResult& result, const MessageControl& control);

/// The whole probe, between threads or processes. Ask choose_cpus() before the mechanism is made: it may throw.
template <typename Mechanism>
ProbeResult exchange_messages(Mechanism& mechanism, std::string_view between, CpuPair cpus, std::size_t bytes) {
  const SharedArray<MessageControl> shared(1);
  MessageControl& control = shared[0];
  pin_to(cpus.here);
  SecondParty second_party(between, cpus.there, [&] { answer_messages(mechanism, control, bytes); });
  ProbeResult result = measure_messages(mechanism, control, bytes, false);
  second_party.join();
  result.peak_live_units = result.units_created = 1;
  check_messages(result, control);
  return result;
}

/// With kMessageSettings.
template <typename Mechanism>
ProbeResult exchange_messages(Mechanism& mechanism, const workloads::Settings& settings) {
  return exchange_messages(mechanism, settings.text("between"), choose_cpus(settings.text("place")),
                           settings.number("bytes"));
}

}  // namespace bakeoff::models::probes
