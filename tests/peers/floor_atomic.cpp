// The floor of shared-count: the bare instruction in a loop, no executor, no job.
//
//   bakeoff-floor-atomic COUNT      prints nanoseconds an increment
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5'000'000;
  static std::atomic<std::uint64_t> number{0};
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < count; ++i) number.fetch_add(1, std::memory_order_relaxed);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  if (number != count) return 1;
  std::printf("%.3f\n", took.count() / static_cast<double>(count));
}
