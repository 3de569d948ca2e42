// Messages through memory that both parties see: a ring of slots for each direction. The flag of a slot and the front
// of its message share a cache line. Who waits spins on the flag, or sleeps on it as on a futex and is woken only when
// it really sleeps. A file that both have mapped is such memory as well.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "models/net.h"
#include "models/probes/futex.h"
#include "models/probes/messages.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

constexpr std::uint32_t kEmpty = 0, kFull = 1;
constexpr std::size_t kSlots = 16;

struct alignas(64) Slot {
  FutexWord state{kEmpty};
  std::atomic<std::uint32_t> asleep{0};
  std::byte message[kMostMessageBytes];
};

struct Rings {
  PerSide<std::array<Slot, kSlots>> slots;  // Each belongs to the side that receives from it.
};

struct Spin {
  static void until(Slot& slot, std::uint32_t state) {
    while (slot.state.load(std::memory_order_acquire) != state) continue;
  }
  static void set(Slot& slot, std::uint32_t state) { slot.state.store(state, std::memory_order_release); }
};

/// Either the waker sees that somebody sleeps, or that one sees the new state before it does: both orders are total. A
/// slot has one waiter at a time, since there are several slots: who has just filled one waits for another.
struct Sleep {
  static void until(Slot& slot, std::uint32_t state) {
    for (;;) {
      std::uint32_t seen = slot.state.load();
      if (seen == state) return;
      slot.asleep.store(1);
      seen = slot.state.load();
      if (seen == state) return;
      futex_wait(slot.state, seen);
    }
  }
  static void set(Slot& slot, std::uint32_t state) {
    slot.state.store(state);
    if (slot.asleep.load() == 0) return;
    slot.asleep.store(0);
    futex_wake(slot.state);
  }
};

template <typename Wait>
class RingMessages {
 public:
  explicit RingMessages(Rings& rings) : rings_(rings) {}

  void send(Side me, std::span<const std::byte> message) {
    Slot& slot = rings_.slots[other(me)][counts_[me].sent++ % kSlots];
    Wait::until(slot, kEmpty);
    std::memcpy(slot.message, message.data(), message.size());
    Wait::set(slot, kFull);
  }
  void receive(Side me, std::span<std::byte> message) {
    Slot& slot = rings_.slots[me][counts_[me].received++ % kSlots];
    Wait::until(slot, kFull);
    std::memcpy(message.data(), slot.message, message.size());
    Wait::set(slot, kEmpty);
  }

 private:
  struct alignas(64) Counts {
    std::size_t sent = 0, received = 0;
  };
  Rings& rings_;
  PerSide<Counts> counts_;  // Each used by one party only.
};

/// Rings in a file of the temporary folder. Its name is gone before anybody uses it, so that nothing is left behind.
class MappedFile {
 public:
  MappedFile() {
    std::string name = (std::filesystem::temp_directory_path() / "bakeoff-message-XXXXXX").string();
    Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file) throw std::system_error(errno, std::generic_category(), "make " + name);
    ::unlink(name.c_str());
    // Not sparse: a full disk is to be told here, and not by a signal later.
    const int error = ::posix_fallocate(file.get(), 0, sizeof(Rings));
    if (error != 0) throw std::system_error(error, std::generic_category(), "make room in " + name);
    void* memory = ::mmap(nullptr, sizeof(Rings), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "map " + name);
    rings_ = new (memory) Rings;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() { ::munmap(rings_, sizeof(Rings)); }

  Rings& rings() const { return *rings_; }

 private:
  Rings* rings_ = nullptr;
};

}  // namespace

ProbeResult probe_message_cache_line(const workloads::Settings& settings) {
  if (settings.text("place") == "same") {
    throw std::invalid_argument(
        "message-cache-line needs place=other: on one CPU who spins keeps the other from running");
  }
  choose_cpus("other");
  const SharedArray<Rings> rings(1);
  RingMessages<Spin> messages(rings[0]);
  return exchange_messages(messages, settings);
}

ProbeResult probe_message_futex(const workloads::Settings& settings) {
  const SharedArray<Rings> rings(1);
  RingMessages<Sleep> messages(rings[0]);
  return exchange_messages(messages, settings);
}

ProbeResult probe_message_mapped_file(const workloads::Settings& settings) {
  const MappedFile file;
  RingMessages<Sleep> messages(file.rings());
  return exchange_messages(messages, settings);
}

}  // namespace bakeoff::models::probes
