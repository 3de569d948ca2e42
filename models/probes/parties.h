// Two parties between which a probe measures: the calling thread, and a second party that is a thread or a forked
// process. Each is pinned to a CPU that is chosen for it.
//
// When one party fails, the other would wait for it for ever. So a second party that fails ends the whole probe with a
// line on stderr. A caller that fails kills a second party that is a process. A thread cannot be killed; then the
// caller ends the probe with a line as well.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "workloads/settings.h"

namespace bakeoff::models::probes {

enum class Side : std::uint8_t { here = 0, there = 1 };
constexpr Side other(Side side) {
  return side == Side::here ? Side::there : Side::here;
}

/// One T for each side.
template <typename T>
struct PerSide {
  T here, there;

  T& operator[](Side side) { return side == Side::here ? here : there; }
};

inline constexpr std::string_view kPlaces[] = {"same", "other"};
inline constexpr std::string_view kBetween[] = {"threads", "processes"};
inline constexpr workloads::SettingEntry kPlaceSetting{
    .name = "place",
    .meaning = "whether both parties run on the same CPU or the second on another",
    .default_value = "same",
    .choices = kPlaces};
inline constexpr workloads::SettingEntry kBetweenSetting{
    .name = "between", .meaning = "what the two parties are", .default_value = "threads", .choices = kBetween};

/// A CPU for each party.
struct CpuPair {
  int here = 0, there = 0;
};
/// For the setting `place`: the first CPU that the process may run on, and for the second party the same or the next
/// one. Throws std::invalid_argument where there is no other CPU. Call it before anything is pinned.
CpuPair choose_cpus(std::string_view place);

/// Pins the calling thread.
void pin_to(int cpu);

/// What a thread has used of the CPU, and how often the kernel switched away from it: counted by the kernel.
struct Usage {
  double switches = 0;  ///< Voluntary and involuntary.
  double cpu_ns = 0;

  Usage operator+(const Usage& more) const { return {switches + more.switches, cpu_ns + more.cpu_ns}; }
  Usage operator-(const Usage& less) const { return {switches - less.switches, cpu_ns - less.cpu_ns}; }
};
Usage usage_of_this_thread();

/// In shared memory: what one party has used, for the other to read when it is its turn. The flag orders the two
/// accesses: in the memory model of C++ a pipe or a signal does not.
class ReportedUsage {
 public:
  void report() {
    usage_ = usage_of_this_thread();
    reported_.store(true, std::memory_order_release);
  }
  Usage read() const { return reported_.load(std::memory_order_acquire) ? usage_ : Usage(); }

 private:
  Usage usage_;
  std::atomic<bool> reported_{false};
};

/// Does its work beside the caller, pinned. join() waits for its end, which the caller has to bring about. A second
/// party that was not joined is ended as the head of this file says. A process dies with its parent.
class SecondParty {
 public:
  /// `between`: "threads" or "processes". Throws std::system_error where there can be none.
  SecondParty(std::string_view between, int cpu, std::function<void()> work);
  SecondParty(const SecondParty&) = delete;
  SecondParty& operator=(const SecondParty&) = delete;
  ~SecondParty();

  void join();

 private:
  std::thread thread_;
  pid_t child_ = 0;  // 0: a thread, or joined.
};

}  // namespace bakeoff::models::probes
