// The job shared-count, a std::thread per unit. The counter of `plain` is an ordinary variable, so that it is a data
// race, which the language forbids and which ThreadSanitizer looks for. With ThreadSanitizer the program counts its
// reports.
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using Clock = std::chrono::steady_clock;

std::atomic<std::uint64_t> races_reported{0};

#ifdef __SANITIZE_THREAD__
constexpr bool kDetects = true;
// ThreadSanitizer calls it for each race that it reports.
extern "C" void __tsan_on_report(void*) {
  races_reported.fetch_add(1, std::memory_order_relaxed);
}
#else
constexpr bool kDetects = false;
#endif

[[noreturn]] void refuse(const std::string& found, const std::string& expected) {
  std::fprintf(stderr, "found %s, expected %s\n", found.c_str(), expected.c_str());
  std::_Exit(2);
}

std::uint64_t number(const char* word, const char* what) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(word, &end, 10);
  if (*word < '0' || *word > '9' || *end != '\0' || number == 0) refuse(word, what);
  return number;
}

// Volatile keeps the loop from being replaced by one addition. It orders nothing, and a race on it is a data race.
alignas(64) volatile std::uint64_t ordinary = 0;
alignas(64) std::atomic<std::uint64_t> whole{0};
alignas(64) std::mutex lock;

void plain(std::uint64_t, std::uint64_t times) {
  for (; times > 0; --times) ordinary = ordinary + 1;
}

void mutex(std::uint64_t, std::uint64_t times) {
  for (; times > 0; --times) {
    const std::lock_guard held(lock);
    ordinary = ordinary + 1;
  }
}

void atomic(std::uint64_t, std::uint64_t times) {
  for (; times > 0; --times) whole.fetch_add(1, std::memory_order_relaxed);
}

void across_await(std::uint64_t, std::uint64_t times) {
  for (; times > 0; --times) {
    const std::uint64_t seen = whole.load(std::memory_order_relaxed);
    std::this_thread::yield();
    whole.store(seen + 1, std::memory_order_relaxed);
  }
}

void locked_await(std::uint64_t, std::uint64_t times) {
  for (; times > 0; --times) {
    const std::lock_guard held(lock);
    const std::uint64_t seen = ordinary;
    std::this_thread::yield();
    ordinary = seen + 1;
  }
}

// The first adds before it takes the lock, the others after: where it happens to be first, the lock orders all
// accesses.
void lock_once(std::uint64_t index, std::uint64_t times) {
  if (index == 0) plain(index, times);
  { const std::lock_guard held(lock); }
  if (index != 0) plain(index, times);
}

const std::map<std::string, std::function<void(std::uint64_t, std::uint64_t)>> kDisciplines{
    {"plain", plain},
    {"mutex", mutex},
    {"atomic", atomic},
    {"across-await", across_await},
    {"locked-await", locked_await},
    {"lock-once", lock_once}};

long long ns(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

int cpus() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

// Words: the job, the units, the size, the discipline, the start.
int main(int count, char** words) {
  if (count != 6) refuse(std::to_string(count - 1) + " words", "job, units, size, discipline, start");
  if (words[1] != std::string("shared-count")) refuse(std::string("the job ") + words[1], "shared-count");
  const std::uint64_t units = number(words[2], "a number of units"), size = number(words[3], "a size");
  const auto add = kDisciplines.find(words[4]);
  if (add == kDisciplines.end()) {
    refuse(std::string("the discipline ") + words[4], "plain, mutex, atomic, across-await, locked-await or lock-once");
  }
  const std::string start = words[5];
  if (start != "together" && start != "as-written") refuse("the start " + start, "together or as-written");

  Clock::time_point work_begin;
  std::barrier all_there(static_cast<std::ptrdiff_t>(units), [&]() noexcept { work_begin = Clock::now(); });
  std::vector<std::thread> threads;
  threads.reserve(units);
  const auto begin = Clock::now();
  for (std::uint64_t index = 0; index < units; ++index) {
    try {
      threads.emplace_back([&, index] {
        if (start == "together") all_there.arrive_and_wait();
        add->second(index, size);
      });
    } catch (const std::system_error&) {
      refuse("no further thread", std::to_string(units) + " units");
    }
  }
  for (std::thread& thread : threads) thread.join();
  const auto end = Clock::now();

  std::printf("{\"answer\":%" PRIu64 ",\"elapsed_ns\":%lld,\"units_created\":%" PRIu64, ordinary + whole,
              ns(end - begin), units);
  if (start == "together") std::printf(",\"work_ns\":%lld", ns(end - work_begin));
  if (kDetects) std::printf(",\"races_reported\":%" PRIu64, races_reported.load());
  std::printf(",\"runtime\":{\"name\":\"c++\",\"version\":\"%d.%d.%d\",\"cpus\":%d%s}}\n", __GNUC__, __GNUC_MINOR__,
              __GNUC_PATCHLEVEL__, cpus(), kDetects ? ",\"flags\":[\"-fsanitize=thread\"]" : "");
}
