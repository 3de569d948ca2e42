// The job `infer`: `size` inputs go through a small dense network (256 inputs, 256 in the hidden layer, 10 outputs), as
// a service does that classifies. Weights and inputs are drawn; the arithmetic is in whole numbers, as on quantised
// networks, so that the answer is the same on every machine, whatever a compiler does with the order. Units take the
// inputs in turn; the weights are read by all and fit into a second-level cache (258 KiB).
//
// The check goes through the layers the other way round: by input and not by output. Left out: training, batches (a
// matrix product), anything that a library for this would do better.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/mix.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::size_t kInputs = 256, kHidden = 256, kOutputs = 10;
constexpr std::uint64_t kMostInputs = 100'000'000;
/// Weights are from -64 to 63 and inputs from 0 to 127: sums are below 2^21.
constexpr std::int32_t kWeightRange = 128, kInputRange = 128;
/// What keeps a hidden value in the range of an input, mostly.
constexpr int kShift = 7;

using Input = std::array<std::int32_t, kInputs>;
using Hidden = std::array<std::int32_t, kHidden>;
using Output = std::array<std::int32_t, kOutputs>;

struct Network {
  std::array<Input, kHidden> first;
  std::array<Hidden, kOutputs> second;
};

Network drawn_network() {
  Network network{};
  std::uint64_t at = 0;
  const auto weight = [&] {
    return static_cast<std::int32_t>(draw(stream_of(2, 0), at++) % kWeightRange) - kWeightRange / 2;
  };
  for (Input& row : network.first) std::ranges::generate(row, weight);
  for (Hidden& row : network.second) std::ranges::generate(row, weight);
  return network;
}

Input drawn_input(std::uint64_t index) {
  Input input{};
  const std::uint64_t stream = stream_of(3, index);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::int32_t>(draw(stream, i) % kInputRange);
  return input;
}

std::int32_t activated(std::int32_t sum) {
  return std::clamp(sum >> kShift, 0, kInputRange - 1);
}

template <std::size_t size>
std::int32_t product(const std::array<std::int32_t, size>& a, const std::array<std::int32_t, size>& b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

Output forward(const Network& network, const Input& input) {
  Hidden hidden{};
  for (std::size_t i = 0; i < kHidden; ++i) hidden[i] = activated(product(network.first[i], input));
  Output output{};
  for (std::size_t i = 0; i < kOutputs; ++i) output[i] = product(network.second[i], hidden);
  return output;
}

Output forward_by_input(const Network& network, const Input& input) {
  Hidden sums{};
  for (std::size_t from = 0; from < kInputs; ++from) {
    for (std::size_t to = 0; to < kHidden; ++to) sums[to] += input[from] * network.first[to][from];
  }
  Output output{};
  for (std::size_t from = 0; from < kHidden; ++from) {
    for (std::size_t to = 0; to < kOutputs; ++to) output[to] += activated(sums[from]) * network.second[to][from];
  }
  return output;
}

/// The class that was found, and every output behind it.
std::uint64_t fold_output(const Output& output, std::uint64_t index) {
  const auto best = static_cast<std::uint64_t>(std::ranges::max_element(output) - output.begin());
  std::uint64_t folded = mix(index * kOutputs + best + kGolden);
  for (const std::int32_t value : output) folded = mix(folded ^ static_cast<std::uint32_t>(value));
  return folded;
}

class InferJob final : public Job {
 public:
  explicit InferJob(const JobSize& size)
      : units_(size.units), inputs_(size.size == 0 ? kInferDefaultSize : size.size), network_(drawn_network()) {
    if (inputs_ > kMostInputs) {
      throw std::invalid_argument("infer: found the size " + std::to_string(inputs_) + ", expected at most " +
                                  std::to_string(kMostInputs) + " inputs");
    }
  }

  std::uint64_t run_unit(std::size_t index) const override {
    std::uint64_t sum = 0;
    for (std::uint64_t i = index; i < inputs_; i += units_) sum += fold_output(forward(network_, drawn_input(i)), i);
    return sum;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    std::vector<std::uint64_t> expected(units_);
    for (std::uint64_t i = 0; i < inputs_; ++i) {
      expected[i % units_] += fold_output(forward_by_input(network_, drawn_input(i)), i);
    }
    return first_wrong("infer", expected, answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override { return time_and_cpu(ran); }

 private:
  std::uint64_t units_, inputs_;
  Network network_;
};

}  // namespace

std::unique_ptr<Job> make_infer_job(const JobSize& size) {
  return std::make_unique<InferJob>(size);
}

}  // namespace bakeoff::workloads::jobs
