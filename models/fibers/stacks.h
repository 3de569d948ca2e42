// Stacks for fibers. With a guard page an overflow is a fault, and does not overwrite other data. It costs two mappings
// per stack and 8 us to make, so stacks are used again. Where the system allows no more mappings, stacks have none, and
// come from malloc. They are used again too: free() gives the top of the heap back to the system, and making a fiber
// whose stack had to be asked for anew would take 4 us instead of 0.3.
#pragma once

#include <boost/context/stack_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace bakeoff::models::fibers {

/// AddressSanitizer's frames are larger.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::size_t kStackFactor = 4;
#else
inline constexpr std::size_t kStackFactor = 1;
#endif

/// How many more guarded stacks the process has room for: half of what vm.max_map_count leaves, less a reserve.
std::size_t room_for_guarded_stacks();

class FiberStacks {
 public:
  /// At most `guarded` of the stacks have a guard page.
  FiberStacks(std::size_t bytes, std::size_t guarded);
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;
  ~FiberStacks();

  /// Throws std::bad_alloc. Any thread may call both.
  boost::context::stack_context allocate();
  void deallocate(const boost::context::stack_context& stack) noexcept;

  /// The first stack that was given out without a guard page, counted from 1; 0 while there is none.
  std::uint64_t first_unguarded() const { return first_unguarded_; }

 private:
  static constexpr std::size_t kKept = 1024;

  void* map_guarded() const noexcept;
  static void* take(std::vector<void*>& unused) noexcept;
  static boost::context::stack_context context_of(void* lowest, std::size_t size) noexcept;

  const std::size_t page_, bytes_, most_guarded_;
  std::mutex mutex_;
  std::vector<void*> unused_guarded_, unused_;  // The lowest address of each.
  std::size_t guarded_ = 0;                     // In use or kept.
  std::uint64_t given_ = 0;
  std::uint64_t first_unguarded_ = 0;
};

/// A StackAllocator of Boost.Context. It keeps the FiberStacks alive for as long as a fiber has a stack of them.
class FiberStackAllocator {
 public:
  explicit FiberStackAllocator(std::shared_ptr<FiberStacks> stacks) : stacks_(std::move(stacks)) {}
  boost::context::stack_context allocate() { return stacks_->allocate(); }
  void deallocate(boost::context::stack_context& stack) noexcept { stacks_->deallocate(stack); }

 private:
  std::shared_ptr<FiberStacks> stacks_;
};

}  // namespace bakeoff::models::fibers
