// Two parties that measure what is between them: the calling thread, and a companion that is a thread or a forked
// process, each on a CPU of its own choice.
//
// A party that fails while the other waits for it would leave it waiting for ever. So a companion that fails ends the
// whole probe with a line on stderr; a caller that fails kills its companion when that is a process, and ends the probe
// in the same way when it is a thread, which cannot be killed.
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
/// For the setting `place`: the first that the process may run on, and the first or the second of them. Throws
/// std::invalid_argument where there is no other. Ask before anything is pinned.
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

/// In shared memory: what one party has used, for the other to read once it has been handed the turn. The flag orders
/// the two for the language as well, to which a pipe or a signal means nothing.
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

/// Does its work beside the caller, pinned. join() waits for its end, which the caller has to bring about; a companion
/// that goes unjoined is ended as the head of this file says. A process dies with its parent.
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
