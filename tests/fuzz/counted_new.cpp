#include "tests/fuzz/counted_new.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace bakeoff::fuzz {
namespace {

// Threads of libraries may allocate as well: the numbers are then not exact, but no race.
std::atomic<std::int64_t> live{0}, live_count{0}, peak{0};
std::atomic<std::uint64_t> ever{0}, until_failure{0};
std::atomic<bool> failed{false};

bool fails_now() {
  if (until_failure.load(std::memory_order_relaxed) == 0) return false;
  if (until_failure.fetch_sub(1, std::memory_order_relaxed) != 1) return false;
  failed = true;
  return true;
}

void* counted(void* memory) {
  if (memory == nullptr) return nullptr;
  ever.fetch_add(1, std::memory_order_relaxed);
  live_count.fetch_add(1, std::memory_order_relaxed);
  const auto size = static_cast<std::int64_t>(malloc_usable_size(memory));
  const std::int64_t now = live.fetch_add(size, std::memory_order_relaxed) + size;
  if (now > peak.load(std::memory_order_relaxed)) peak.store(now, std::memory_order_relaxed);
  return memory;
}

}  // namespace

std::size_t live_bytes() {
  return static_cast<std::size_t>(live.load());
}
std::size_t peak_bytes() {
  return static_cast<std::size_t>(peak.load());
}
void forget_peak() {
  peak = live.load();
}
std::int64_t live_allocations() {
  return live_count.load();
}

std::uint64_t allocations() {
  return ever.load();
}

void fail_allocation(std::uint64_t nth) {
  failed = false;
  until_failure = nth;
}
bool has_failed() {
  return failed;
}

namespace {

void* take(std::size_t size) noexcept {
  return fails_now() ? nullptr : counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void* take(std::size_t size, std::align_val_t alignment) noexcept {
  const auto align = static_cast<std::size_t>(alignment);
  // aligned_alloc() wants a multiple of the alignment.
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + align - 1) / align * align;
  return fails_now() ? nullptr : counted(std::aligned_alloc(align, rounded));
}
void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  live_count.fetch_sub(1, std::memory_order_relaxed);
  live.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(memory)), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace
}  // namespace bakeoff::fuzz

using bakeoff::fuzz::give_back;
using bakeoff::fuzz::or_throw;
using bakeoff::fuzz::take;

void* operator new(std::size_t size) {
  return or_throw(take(size));
}
void* operator new[](std::size_t size) {
  return or_throw(take(size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(take(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return or_throw(take(size, alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return take(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return take(size);
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take(size, alignment);
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete[](void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  give_back(memory);
}
