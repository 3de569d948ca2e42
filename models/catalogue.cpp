#include "models/catalogue.h"

#include <algorithm>
#include <array>

namespace bakeoff {
namespace {

constexpr std::array kModels{
    ModelEntry{.name = "threads",
               .summary = "a thread for every connection",
               .like = "MySQL, MariaDB, Java servers before NIO",
               .unit = "thread",
               .who_waits = "the connection's own thread, blocked in recv()",
               .price = "one context switch a request, a stack a connection, locks around what is shared",
               .breaks_under = "many idle connections (memory, thread limit), churn",
               .sharing = "threads",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "accepting threads, always 1: each connection gets a thread of its own besides",
               .max_units = 1,
               .executor = "thread",
               .file = "models/threads.cpp",
               .make = make_threads},
    ModelEntry{.name = "event-loop",
               .summary = "one thread, one Asio loop, callbacks",
               .like = "Redis, Node.js, nginx with one worker",
               .unit = "loop",
               .who_waits = "nobody but the loop, in epoll_wait()",
               .price = "one CPU at most; a computation holds up every connection; code cut into callbacks",
               .breaks_under = "long computation, blocking calls, more load than one CPU carries",
               .sharing = "none",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "loops, always 1",
               .max_units = 1,
               .executor = "sequential",
               .file = "models/event_loop.cpp",
               .make = make_event_loop},
};

constexpr std::array kExecutors{
    ExecutorEntry{.name = "thread",
                  .summary = "a thread a unit",
                  .max_units = 30'000,  // Two mappings each, of 65,530 that a process may have.
                  .make = make_thread_executor},
    ExecutorEntry{.name = "sequential",
                  .summary = "one call after the other on the calling thread: the work without any concurrency",
                  .max_units = 1'000'000,
                  .make = make_sequential_executor},
};

template <typename Entries>
auto find(const Entries& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, [](const auto& entry) { return entry.name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

std::span<const ModelEntry> models() {
  return kModels;
}
std::span<const ExecutorEntry> executors() {
  return kExecutors;
}

const ModelEntry* find_model(std::string_view name) {
  return find(kModels, name);
}
const ExecutorEntry* find_executor(std::string_view name) {
  return find(kExecutors, name);
}

}  // namespace bakeoff
