#include "harness/measure/reference_work.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <system_error>

#include "harness/measure/cpu_sets.h"
#include "harness/measure/owned_descriptor.h"

namespace bakeoff::measure {
namespace {

constexpr int kTripsPerRound = 16;
constexpr auto kBetweenRounds = std::chrono::milliseconds(1);
constexpr std::size_t kBytes = 64;

std::uint64_t thread_cpu_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
}

}  // namespace

struct ReferenceWork::Worker {
  explicit Worker(int cpu) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
      throw std::system_error(errno, std::generic_category(), "socketpair for the reference work");
    }
    here = OwnedDescriptor(pair[0]);
    there = OwnedDescriptor(pair[1]);
    thread = std::jthread([this, cpu](const std::stop_token& stop) { work(cpu, stop); });
  }

  void work(int cpu, const std::stop_token& stop) {
    pin_to_cpus({cpu});
    while (!stop.stop_requested()) {
      const std::uint64_t begin = thread_cpu_ns();
      std::array<char, kBytes> bytes{};
      for (int trip = 0; trip < kTripsPerRound; ++trip) {
        if (::send(here.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return;
        if (::recv(there.get(), bytes.data(), bytes.size(), 0) <= 0) return;
      }
      cpu_ns += thread_cpu_ns() - begin;
      ++rounds;
      std::this_thread::sleep_for(kBetweenRounds);
    }
  }

  OwnedDescriptor here, there;
  std::atomic<std::uint64_t> cpu_ns = 0, rounds = 0;
  std::jthread thread;  ///< The last member: it uses the others.
};

ReferenceWork::ReferenceWork(const std::vector<int>& cpus) {
  for (const int cpu : cpus) workers_.push_back(std::make_unique<Worker>(cpu));
}

ReferenceWork::~ReferenceWork() = default;

ReferenceWork::Use ReferenceWork::use() const {
  Use use;
  for (const auto& worker : workers_) {
    use.cpu_us += static_cast<double>(worker->cpu_ns) / 1e3;
    use.rounds += static_cast<double>(worker->rounds);
  }
  return use;
}

}  // namespace bakeoff::measure
