// Several processes on one process-shared store, some of them killed: started by store_processes_test.cpp. Exits with
// status 0, or prints what went wrong and exits with 1. A hang ends in SIGALRM.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "workloads/mix.h"
#include "workloads/shared_memory.h"
#include "workloads/store/store.h"

namespace {

using namespace bakeoff::workloads;

constexpr int kPatienceSeconds = 60;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::_Exit(1);
}

void require(bool good, const std::string& what) {
  if (!good) fail(what);
}

template <class Body>
pid_t start(Body&& body) {
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    body();
    std::_Exit(0);
  }
  return child;
}

int reap(pid_t child) {
  int status = 0;
  require(::waitpid(child, &status, 0) == child, "waitpid");
  return status;
}

/// Dies in the middle of a look-up, with the locks held.
class DeadlySink final : public store::ValueSink {
 public:
  void number(std::int64_t /*value*/) override { ::raise(SIGKILL); }
  void text(std::string_view /*value*/) override { ::raise(SIGKILL); }
  void missing() override { ::raise(SIGKILL); }
};

void processes_count_together() {
  constexpr int kProcesses = 4;
  constexpr int kTimes = 50'000;
  const auto store = store::make_process_shared_store(4 * 1024 * 1024);
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    children.push_back(start([&] {
      for (int i = 0; i < kTimes; ++i) {
        store->add("counter", 1);
        store->set("own" + std::to_string(process), "text " + std::to_string(i));
      }
    }));
  }
  for (const pid_t child : children) require(reap(child) == 0, "a child failed");
  require(store->add("counter", 0).value == kProcesses * kTimes, "increments were lost");
  require(store->size() == kProcesses + 1, "keys were lost");
}

void a_lock_of_the_dead_is_taken_over() {
  const auto store = store::make_process_shared_store(4 * 1024 * 1024);
  store->set("k", "text");
  for (int round = 0; round < 20; ++round) {
    const pid_t child = start([&] {
      DeadlySink sink;
      if (round % 2 == 0) {
        store->get("k", sink);
      } else {
        const std::vector<std::string> names{"a", "b", "c", "d", "e", "f", "k"};
        store->get_many(std::vector<std::string_view>(names.begin(), names.end()), sink);
      }
    });
    require(WIFSIGNALED(reap(child)), "the child should have died");
    require(store->set("k", "text " + std::to_string(round)) == store::StoreStatus::ok, "set");
    require(store->add("n", 1).value == round + 1, "add");
    require(store->size() == 2, "size");
  }
}

std::string key_of(std::uint64_t number) {
  return "key" + std::to_string(number % 200);
}

/// The only texts that a key may have: its own name and one letter many times.
std::string text_of(const std::string& key, std::uint64_t number) {
  return key + std::string(number % 700, static_cast<char>('a' + number % 26));
}

void operate(store::Store& store, std::uint64_t random) {
  const std::string one = key_of(random >> 8);
  const std::string two = key_of(random >> 24);
  const std::string text = text_of(one, random >> 40);
  switch (random % 8) {
    case 0:
    case 1:
    case 2:
      store.set(one, text);
      break;
    case 3:
      store.set(one, std::to_string(random >> 50));
      break;
    case 4:
      store.set_many(std::vector<store::KeyValue>{{one, text}, {two, "12345"}});
      break;
    case 5:
      store.erase(std::vector<std::string_view>{one, two});
      break;
    case 6:
      store.add(one, 1);
      break;
    default:
      if (random % 64 == 7) store.clear();
      store.size();
  }
}

/// Accepts what operate() may have left, and nothing else.
class Judge final : public store::ValueSink {
 public:
  explicit Judge(std::string key) : key_(std::move(key)) {}
  void number(std::int64_t value) override {
    ++found;
    require(value >= 0 && value < 10'000'000, "a number that nobody wrote: " + std::to_string(value));
  }
  void text(std::string_view value) override {
    ++found;
    require(value.starts_with(key_), "a text of another key");
    for (const char letter : value.substr(key_.size())) {
      require(letter == value.back() || value.size() == key_.size(), "a text that is half another");
    }
  }
  void missing() override {}
  std::size_t found = 0;

 private:
  std::string key_;
};

void children_are_killed_anywhere() {
  const auto store = store::make_process_shared_store(16 * 1024 * 1024);
  const SharedMemory memory(sizeof(std::atomic<std::uint64_t>));
  auto& progress = *new (memory.data()) std::atomic<std::uint64_t>(0);
  for (std::uint64_t round = 0; round < 300; ++round) {
    progress = 0;
    std::vector<pid_t> children;
    for (std::uint64_t process = 0; process < 2; ++process) {
      children.push_back(start([&] {
        for (std::uint64_t i = 0;; ++i) {
          operate(*store, draw(stream_of(round, process), i));
          ++progress;
        }
      }));
    }
    // Two of them share the processors with this one, so the moment is as good as random.
    while (progress < 50 + mix(round) % 1000) ::sched_yield();
    for (const pid_t child : children) ::kill(child, SIGKILL);
    for (const pid_t child : children) reap(child);
    std::size_t found = 0;
    for (std::uint64_t number = 0; number < 200; ++number) {
      Judge judge(key_of(number));
      store->get(key_of(number), judge);
      found += judge.found;
    }
    require(store->size() == found,
            "the store counts " + std::to_string(store->size()) + " keys and has " + std::to_string(found));
    for (std::uint64_t i = 0; i < 200; ++i) operate(*store, draw(round, i));
  }
  store->clear();
  require(store->set("large", std::string(1'000'000, 'x')) == store::StoreStatus::ok,
          "FLUSHALL does not give memory back");
}

}  // namespace

int main(int argc, char** argv) {
  ::alarm(kPatienceSeconds);
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "count") {
    processes_count_together();
  } else if (what == "killed-with-lock") {
    a_lock_of_the_dead_is_taken_over();
  } else if (what == "killed-anywhere") {
    children_are_killed_anywhere();
  } else {
    fail("usage: store_processes count | killed-with-lock | killed-anywhere");
  }
}
