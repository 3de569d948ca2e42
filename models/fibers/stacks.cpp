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
  unused_.reserve(std::min(kKept, guarded));
}

FiberStacks::~FiberStacks() {
  for (void* stack : unused_) ::munmap(stack, page_ + bytes_);
}

boost::context::stack_context FiberStacks::allocate() {
  void* lowest = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ++given_;
    if (!unused_.empty()) {
      lowest = unused_.back();
      unused_.pop_back();
    } else if (guarded_ < most_guarded_ && (lowest = map_guarded())) {
      ++guarded_;
    } else if (first_unguarded_ == 0) {
      first_unguarded_ = given_;
    }
  }
  boost::context::stack_context stack;
  stack.size = lowest ? page_ + bytes_ : bytes_;
  if (!lowest && !(lowest = std::malloc(bytes_))) throw std::bad_alloc();
  stack.sp = static_cast<char*>(lowest) + stack.size;
  return stack;
}

void FiberStacks::deallocate(const boost::context::stack_context& stack) noexcept {
  void* lowest = static_cast<char*>(stack.sp) - stack.size;
  if (stack.size == bytes_) return std::free(lowest);
  const std::lock_guard lock(mutex_);
  if (unused_.size() < unused_.capacity()) return unused_.push_back(lowest);
  ::munmap(lowest, stack.size);
  --guarded_;
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
