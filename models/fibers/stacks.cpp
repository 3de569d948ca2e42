#include "models/fibers/stacks.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "models/limits.h"

namespace bakeoff::models::fibers {

std::size_t room_for_guarded_stacks() {
  constexpr std::uint64_t kReserve = 1024;  // For threads, arenas and what a library may map.
  const std::uint64_t room = mappings_left();
  return room < kReserve ? 0 : (room - kReserve) / 2;
}

FiberStacks::FiberStacks(std::size_t bytes, std::size_t guarded)
    : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
      bytes_((bytes + page_ - 1) / page_ * page_),
      most_guarded_(guarded) {
  unused_guarded_.reserve(std::min(kKept, guarded));
  unused_.reserve(kKept);
}

FiberStacks::~FiberStacks() {
  for (void* stack : unused_guarded_) ::munmap(stack, page_ + bytes_);
  for (void* stack : unused_) std::free(stack);
}

boost::context::stack_context FiberStacks::allocate() {
  const std::lock_guard lock(mutex_);
  ++given_;
  if (void* guarded = take(unused_guarded_)) return context_of(guarded, page_ + bytes_);
  if (guarded_ < most_guarded_) {
    if (void* guarded = map_guarded()) {
      ++guarded_;
      return context_of(guarded, page_ + bytes_);
    }
  }
  if (first_unguarded_ == 0) first_unguarded_ = given_;
  if (void* unguarded = take(unused_)) return context_of(unguarded, bytes_);
  void* made = std::malloc(bytes_);
  if (!made) throw std::bad_alloc();
  return context_of(made, bytes_);
}

void FiberStacks::deallocate(const boost::context::stack_context& stack) noexcept {
  void* lowest = static_cast<char*>(stack.sp) - stack.size;
  const bool is_guarded = stack.size != bytes_;
  std::vector<void*>& unused = is_guarded ? unused_guarded_ : unused_;
  const std::lock_guard lock(mutex_);
  if (unused.size() < unused.capacity()) return unused.push_back(lowest);
  if (!is_guarded) return std::free(lowest);
  ::munmap(lowest, stack.size);
  --guarded_;
}

void* FiberStacks::take(std::vector<void*>& unused) noexcept {
  if (unused.empty()) return nullptr;
  void* lowest = unused.back();
  unused.pop_back();
  return lowest;
}

boost::context::stack_context FiberStacks::context_of(void* lowest, std::size_t size) noexcept {
  boost::context::stack_context stack;
  stack.size = size;
  stack.sp = static_cast<char*>(lowest) + size;
  return stack;
}

void* FiberStacks::map_guarded() const noexcept {
  void* lowest =
      ::mmap(nullptr, page_ + bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (lowest == MAP_FAILED) return nullptr;
  if (::mprotect(lowest, page_, PROT_NONE) == 0) return lowest;
  ::munmap(lowest, page_ + bytes_);
  return nullptr;
}

}  // namespace bakeoff::models::fibers
