// An io_uring with the few operations that a server needs, and the input buffers that it lends. The thin layer between
// liburing and io_uring.cpp; knows no session. One thread makes, uses and destroys it.
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
    bool more = false;       ///< accept_multishot, receive_multishot: it goes on; false: it has to be asked for anew.
  };

  /// Who is told. Must stay where it is until the last completion, and may be destroyed by the handler of that.
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
    __kernel_timespec time_{};  // Of a timeout; the kernel reads it when it is handed over.
  };

  /// Throws std::system_error naming what was being tried.
  Uring();
  Uring(const Uring&) = delete;
  Uring& operator=(const Uring&) = delete;
  ~Uring();

  // Each is handed to the kernel by the next run_once().
  void accept_multishot(int listener, Operation& operation);
  void receive_multishot(int socket, Operation& operation);
  /// All of it, unless it fails; the bytes must stay where they are until then.
  void send(int socket, std::string_view bytes, Operation& operation);
  void timeout(std::chrono::nanoseconds time, Operation& operation);
  void wait_readable(int fd, Operation& operation);
  /// Until the peer ends its input or resets; the result has poll()'s events.
  void wait_disconnect(int socket, Operation& operation);
  /// Has it complete soon, with -ECANCELED if nothing else came first. Nobody is told of the cancelling itself.
  void cancel(Operation& operation);

  /// Hands over what was asked for, blocks until something has completed, and tells everybody whose operation it was.
  /// Interrupted by a signal, it may tell nobody. Throws std::system_error where the kernel takes nothing.
  void run_once();

 private:
  io_uring_sqe* next(Operation* operation);
  void provide_buffer(std::uint16_t buffer);

  io_uring ring_{};
  UringCompletions completions_{ring_};
  io_uring_buf_ring* buffer_ring_ = nullptr;  // The buffers that the kernel may fill.
  char* buffers_ = nullptr;
};

/// What is missing where this system gives no io_uring, and why; "" when it does.
std::string_view uring_refusal();

}  // namespace bakeoff::models::uring
