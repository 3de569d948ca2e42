// Listening, accepting and stopping, the same for every model, so that a comparison of models is not one of socket
// options. Linux only: accept4, eventfd, ppoll.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/limits.h"

namespace bakeoff::models {

/// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

/// A listening socket of TCP, or a Unix socket (unix_listener.h). Non-blocking; a model that blocks in accept() calls
/// set_blocking() on it.
struct Listener {
  Descriptor socket;
  std::uint16_t port = 0;  ///< The one bound, where 0 was asked for; 0 for a Unix socket.
  std::string address;     ///< Or the path of a Unix socket.
};

inline constexpr int kBacklog = 4096;  ///< The kernel cuts it down to net.core.somaxconn.

/// Throws std::system_error where accept4() may not be called at all. accept_from() takes EPERM for a firewall that has
/// taken one connection back; from a seccomp profile it would come for ever.
void expect_accept_call();

/// Binds and listens. `address` is an IPv4 or IPv6 literal; port 0 takes any free one. The backlog is as long as the
/// system allows, up to 4096. TCP_NODELAY is set here because Linux hands it down to every accepted socket.
/// Throws std::invalid_argument for an address that is not a literal, std::system_error naming what was being tried.
Listener listen_on(const std::string& address, std::uint16_t port);

/// One more socket on the same address and port (SO_REUSEPORT). The kernel hashes every connection to one of these
/// sockets, and the connection stays in that socket's queue. Throws std::system_error.
Listener listen_reuseport(const Listener& first);

void set_blocking(int fd, bool blocking);

/// Becomes readable when the model must stop, and stays readable, because it is never read. Children inherit the
/// descriptor.
class StopToken {
 public:
  explicit StopToken(int fd) : fd_(fd) {}
  int fd() const { return fd_; }
  bool stopped() const;
  /// Blocks the thread for `time`. False when the stop came first.
  bool sleep(std::chrono::nanoseconds time) const;

 private:
  int fd_;
};

/// Makes its tokens readable. request() is safe in a signal handler and may be called again.
class StopSource {
 public:
  StopSource();
  StopToken token() const { return StopToken(event_.get()); }
  void request() const noexcept;

 private:
  Descriptor event_;
};

enum class AcceptStatus : std::uint8_t {
  accepted,
  nothing,  ///< No peer is waiting, or a signal came (blocking listeners only): wait and try again.
  limit,    ///< No descriptor or memory is left (EMFILE, ENFILE, ENOBUFS, ENOMEM): pause, then try again.
};
struct Accepted {
  AcceptStatus status = AcceptStatus::nothing;
  Descriptor socket{};
  int error = 0;  ///< At a limit: the errno.
};

/// Takes one connection. `flags` is 0 or SOCK_NONBLOCK. Blocks only where the listener does.
/// Throws std::system_error when the listener itself is unusable.
Accepted accept_from(int listener, int flags);

/// Blocks until a connection may be accepted. False when the model must stop.
bool wait_acceptable(int listener, const StopToken& stop);

/// What every model does at a limit on descriptors, memory, threads or processes: it stops accepting for a moment,
/// counts that, remembers which limit it was, and goes on with the connections it has. The peers wait in the listen
/// queue meanwhile.
class AcceptPauses {
 public:
  static constexpr std::chrono::milliseconds kLength{20};

  /// Counts a pause and blocks the thread for kLength. False when the stop came first. `error` is the errno with which
  /// the resource was refused.
  bool wait(const StopToken& stop, Resource wanted, int error) {
    count(wanted, error);
    return stop.sleep(kLength);
  }
  /// For models that wait in their own way.
  void count(Resource wanted, int error) { add(1, wanted, error); }
  /// Adds the pauses that others have counted. `error` 0 stands for none.
  void add(std::uint64_t times, Resource wanted, int error) {
    if (error_ == 0 && error != 0) {
      error_ = error;
      limit_ = name_limit(wanted, error);
    }
    times_ += times;
  }
  std::uint64_t times() const { return times_; }
  int error() const { return error_; }                 ///< The errno of the first limit that was met; 0 when none was.
  const std::string& limit() const { return limit_; }  ///< The same limit in words: see name_limit(). "" when none was.

 private:
  std::uint64_t times_ = 0;
  int error_ = 0;
  std::string limit_;
};

/// How many connections are in the listen queue: complete, and not accepted yet. A Unix socket does not tell: 1 stands
/// for one or more.
std::size_t listen_queue_length(int listener);

/// Wakes a thread that waits in poll(), or a process that inherited this. It is readable once, however often it was
/// signalled before it was cleared.
class WakeupEvent {
 public:
  /// Throws std::system_error.
  WakeupEvent();
  int fd() const { return event_.get(); }
  void signal() const noexcept;
  void clear() const noexcept;
  /// Blocks until it is signalled, and clears it. False when the stop came first.
  bool wait(const StopToken& stop) const;

 private:
  Descriptor event_;
};

/// Hands accepted sockets to another thread's loop. It is a pipe that carries descriptor numbers, so that the loop
/// waits for it as for any other descriptor.
class SocketInbox {
 public:
  SocketInbox();
  ~SocketInbox();

  // The sending thread. send() blocks while some 16,000 sockets lie in the pipe.
  void send(Descriptor socket);
  void end() { sender_.reset(); }

  // The receiving thread.
  int fd() const { return receiver_.get(); }
  enum class Arrival : std::uint8_t { sockets, nothing, end };
  /// Appends what has arrived; does not block. `end` comes after the last socket.
  Arrival receive(std::vector<Descriptor>& sockets);

 private:
  Descriptor receiver_, sender_;
};

/// For calls that take a time in this form. The time must not be negative.
timespec to_timespec(std::chrono::nanoseconds time);

/// send() without SIGPIPE and with these flags, tried again when a signal interrupts it. -1 and errno on failure.
ssize_t send_some(int socket, std::string_view bytes, int flags = 0) noexcept;

/// recv(), tried again when a signal interrupts it. 0 at the end of input, -1 and errno on failure.
ssize_t receive_some(int socket, char* into, std::size_t size) noexcept;

/// To be called before the server closes a connection of its own accord. Ends the output and throws away the input that
/// has come so far: closing a socket with unread input makes the kernel send a reset, which may overtake the last
/// reply. Never blocks, and does not wait for what the peer may still send.
void shutdown_and_drain(int socket) noexcept;

/// Raises the soft limit on descriptors to the hard one, and returns it.
std::size_t raise_descriptor_limit() noexcept;

}  // namespace bakeoff::models
