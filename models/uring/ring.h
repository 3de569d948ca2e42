// An io_uring with the few operations that a server needs, and its provided input buffers. A thin layer between
// liburing and io_uring.cpp, which knows no session. One thread makes, uses and destroys it.
#pragma once

#include <liburing.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/uring/completions.h"

namespace bakeoff::models::uring {

class Uring {
 public:
  /// What came of an operation.
  struct Completion {
    int result = 0;          ///< As the system call would return it, or minus the errno.
    std::string_view bytes;  ///< receive_multishot: what arrived; valid until the handler returns.
    bool more = false;       ///< accept_multishot, receive_multishot: the operation goes on. False: it has ended.
  };

  /// The handler of an operation's completions. Must stay where it is until the last completion, whose handler may
  /// destroy it.
  class Operation {
   public:
    template <auto handler, class Owner>
    static Operation of(Owner* owner) {
      return Operation(owner, [](void* self, const Completion& done) { (static_cast<Owner*>(self)->*handler)(done); });
    }

   private:
    friend class Uring;
    using Handler = void (*)(void* owner, const Completion& done);
    Operation(void* owner, Handler handler) : owner_(owner), handler_(handler) {}
    void* owner_;
    Handler handler_;
    __kernel_timespec time_{};  // For timeout(): the kernel reads it in the next run_once().
  };

  /// Throws std::system_error naming what was being tried.
  Uring();
  Uring(const Uring&) = delete;
  Uring& operator=(const Uring&) = delete;
  ~Uring();

  // These only prepare operations: the next run_once() hands them to the kernel.
  void accept_multishot(int listener, Operation& operation);
  void receive_multishot(int socket, Operation& operation);
  /// Sends all bytes, unless it fails. They must stay where they are until it has completed.
  void send(int socket, std::string_view bytes, Operation& operation);
  void timeout(std::chrono::nanoseconds time, Operation& operation);
  /// Opens for reading. The result is a descriptor; `name` must stay where it is until the next run_once().
  void open_at(int folder, const char* name, Operation& operation);
  /// Reads from where the file stands. The memory must stay where it is until it has completed.
  void read(int file, char* into, std::size_t bytes, Operation& operation);
  void wait_readable(int fd, Operation& operation);
  void wait_writable(int fd, Operation& operation);
  /// Completes when the peer ends its output or resets the connection. The result has poll()'s events.
  void wait_disconnect(int socket, Operation& operation);
  /// Makes the operation complete soon, with -ECANCELED unless it has completed by then. The cancelling itself has no
  /// completion.
  void cancel(Operation& operation);

  /// Hands over the prepared operations, blocks until at least one has completed, and calls the handlers of all that
  /// have. When a signal interrupts it, it may call none. Throws std::system_error where the kernel takes no
  /// operations.
  void run_once();

 private:
  io_uring_sqe* next(Operation* operation);
  void provide_buffer(std::uint16_t buffer);

  io_uring ring_{};
  UringCompletions completions_{ring_};
  io_uring_buf_ring* buffer_ring_ = nullptr;  // The buffers that the kernel may fill.
  char* buffers_ = nullptr;
};

/// What is missing, and why, where this system has no io_uring; "" where it has one.
std::string_view uring_refusal();

}  // namespace bakeoff::models::uring
