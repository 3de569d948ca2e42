// The completions of an io_uring, in the order in which the kernel has written them. While the kernel has no room to
// write more of them, it may refuse new operations. Then the completions are taken off its queue and set aside here
// until their turn comes. Used by the ring's thread only.
#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace bakeoff::models::uring {

class UringCompletions {
 public:
  struct Done {
    std::uint64_t operation = 0;
    int result = 0;
    std::uint32_t flags = 0;
  };

  explicit UringCompletions(io_uring& ring) : ring_(ring) {}

  bool any_aside() const { return !aside_.empty(); }
  std::size_t ready() const { return aside_.size() + ::io_uring_cq_ready(&ring_); }

  /// Sets all that the kernel has written aside, so that it has room. False when there is none. Throws std::bad_alloc.
  bool set_aside() {
    bool any = false;
    for (Done done; take_from_kernel(done); any = true) aside_.push_back(done);
    return any;
  }

  /// Takes the next one. False when there is none.
  bool take(Done& done) {
    if (aside_.empty()) return take_from_kernel(done);
    done = aside_.front();
    aside_.pop_front();
    return true;
  }

 private:
  bool take_from_kernel(Done& done) {
    io_uring_cqe* entry = nullptr;
    if (::io_uring_peek_cqe(&ring_, &entry) != 0) return false;
    done = {entry->user_data, entry->res, entry->flags};
    ::io_uring_cqe_seen(&ring_, entry);
    return true;
  }

  io_uring& ring_;
  std::deque<Done> aside_;
};

}  // namespace bakeoff::models::uring
