#include "models/probes/messages.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

namespace bakeoff {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kNumberBytes = sizeof(std::uint64_t);

/// Of one message: its number written, and looked at.
double numbering_ns(std::size_t bytes) {
  std::vector<std::byte> message(bytes);
  std::uint64_t number = 0, wrong = 0;
  const auto numbering = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      number_message(message, number);
      if (!has_number(message, number++)) ++wrong;
    }
  };
  return sample_batches(numbering, steps_a_batch(numbering), 50ms).median_ns;
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

ProbeResult sample_messages(const Talk& talk, std::size_t bytes) {
  constexpr double kNsASecond = 1e9;
  const std::uint64_t batch = steps_a_batch(talk.round_trips);
  const Usage before = talk.usage();
  const Sampled to_and_fro = sample_batches(talk.round_trips, batch, 500ms);
  const Usage used = talk.usage() - before;
  const Sampled one_way = sample_batches(talk.stream, steps_a_batch(talk.stream), 500ms);
  return {.figures = {{"one_way_ns", to_and_fro.median_ns / 2 - numbering_ns(bytes)},
                      {"messages_per_s", kNsASecond / one_way.median_ns},
                      {"switches_per_message", used.switches / (2 * static_cast<double>(to_and_fro.steps))}}};
}

void expect_right(ProbeResult& result, const TalkControl& control) {
  if (control.wrong != 0) {
    result.complaint = std::to_string(control.wrong) + " messages did not arrive as they were sent or in their order";
  }
}

}  // namespace bakeoff
