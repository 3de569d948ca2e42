// The lock-free allocator of the process-shared store.
#include "workloads/store/arena.h"

#include <bit>

namespace bakeoff::workloads::store {
namespace {

constexpr std::uint64_t kBlockMask = 0xffffffff;

constexpr std::uint64_t bytes_of(std::size_t size) {
  return std::uint64_t{Arena::kUnit} << size;
}

/// The number of the smallest size that holds `bytes`.
std::size_t size_for(std::size_t bytes) {
  const std::size_t units = (bytes + Arena::kUnit - 1) / Arena::kUnit;
  return static_cast<std::size_t>(std::bit_width(units - 1));
}

}  // namespace

Arena::Arena(char* base, Shared& shared, std::uint64_t begin, std::uint64_t end)
    : base_(base), shared_(shared), begin_((begin + kUnit - 1) / kUnit * kUnit), end_(end) {
  static_assert(Word::is_always_lock_free, "words are shared between processes");
  reset();
}

std::uint64_t Arena::allocate(std::size_t bytes) {
  const std::size_t size = size_for(bytes + kOverhead);
  if (size >= kSizes) return 0;
  std::uint64_t block = pop(size);
  if (block == 0) block = carve(size);
  for (std::size_t larger = size + 1; block == 0 && larger < kSizes; ++larger) {
    block = pop(larger);
    if (block == 0) continue;
    for (std::size_t half = larger; half-- > size;) push(half, block + bytes_of(half));
  }
  if (block == 0) return 0;
  header(block).store(size, std::memory_order_relaxed);
  return block + kOverhead;
}

void Arena::free(std::uint64_t offset) {
  const std::uint64_t block = offset - kOverhead;
  push(header(block).load(std::memory_order_relaxed), block);
}

void Arena::reset() {
  // The lists first: a process killed in between leaves memory lost, but none handed out twice.
  for (Word& list : shared_.free) list.store(0, std::memory_order_release);
  shared_.fresh.store(begin_, std::memory_order_release);
}

std::uint64_t Arena::pop(std::size_t size) {
  Word& list = shared_.free[size];
  std::uint64_t head = list.load(std::memory_order_acquire);
  for (;;) {
    const std::uint64_t block = (head & kBlockMask) * kUnit;
    if (block == 0) return 0;
    const std::uint64_t next = header(block).load(std::memory_order_relaxed) & kBlockMask;
    const std::uint64_t counted = ((head >> 32) + 1) << 32;
    if (list.compare_exchange_weak(head, counted | next, std::memory_order_acq_rel, std::memory_order_acquire)) {
      return block;
    }
  }
}

void Arena::push(std::size_t size, std::uint64_t block) {
  Word& list = shared_.free[size];
  std::uint64_t head = list.load(std::memory_order_acquire);
  do {
    header(block).store(head & kBlockMask, std::memory_order_relaxed);
  } while (!list.compare_exchange_weak(head, ((head >> 32) + 1) << 32 | block / kUnit, std::memory_order_acq_rel,
                                       std::memory_order_acquire));
}

std::uint64_t Arena::carve(std::size_t size) {
  std::uint64_t fresh = shared_.fresh.load(std::memory_order_relaxed);
  do {
    if (fresh + bytes_of(size) > end_) return 0;
  } while (!shared_.fresh.compare_exchange_weak(fresh, fresh + bytes_of(size), std::memory_order_acq_rel,
                                                std::memory_order_relaxed));
  return fresh;
}

}  // namespace bakeoff::workloads::store
