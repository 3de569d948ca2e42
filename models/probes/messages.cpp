#include "models/probes/messages.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kNumberBytes = sizeof(std::uint64_t);

/// What it takes to write the number of one message, and to look at it.
double numbering_ns(std::size_t bytes) {
  std::vector<std::byte> message(bytes);
  std::uint64_t number = 0, wrong = 0;
  const auto numbering = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      number_message(message, number);
      if (!has_number(message, number++)) ++wrong;
    }
  };
  return sample_batches(numbering, steps_per_batch(numbering), 50ms).median_ns;
}

}  // namespace

void number_message(std::span<std::byte> message, std::uint64_t number) {
  std::memcpy(message.data(), &number, std::min(message.size(), kNumberBytes));
  if (message.size() >= 2 * kNumberBytes) std::memcpy(message.last(kNumberBytes).data(), &number, kNumberBytes);
}

bool has_number(std::span<const std::byte> message, std::uint64_t number) {
  return std::memcmp(message.data(), &number, std::min(message.size(), kNumberBytes)) == 0 &&
         (message.size() < 2 * kNumberBytes ||
          std::memcmp(message.last(kNumberBytes).data(), &number, kNumberBytes) == 0);
}

ProbeResult sample_messages(const MessageExchange& exchange, std::size_t bytes) {
  constexpr double kNsPerSecond = 1e9;
  const std::uint64_t batch = steps_per_batch(exchange.round_trips);
  const Usage before = exchange.usage();
  const Sampled to_and_fro = sample_batches(exchange.round_trips, batch, 500ms);
  const Usage used = exchange.usage() - before;
  const Sampled one_way = sample_batches(exchange.stream, steps_per_batch(exchange.stream), 500ms);
  return {.figures = {{"one_way_ns", to_and_fro.median_ns / 2 - numbering_ns(bytes)},
                      {"messages_per_s", kNsPerSecond / one_way.median_ns},
                      {"switches_per_message", used.switches / (2 * static_cast<double>(to_and_fro.steps))}}};
}

void check_messages(ProbeResult& result, const MessageControl& control) {
  if (control.wrong != 0) {
    result.complaint = std::to_string(control.wrong) + " messages did not arrive as they were sent or in their order";
  }
}

}  // namespace bakeoff::models::probes
