// The one read-step-write body that every blocking-style model runs: what "identical work" means. A model decides only
// who waits, by the Stream that it hands in. An event loop cannot wait in here, so it has a body of its own, built from
// the same pieces: kReadSize, perform_step(), and the same order of things.
//
// The order: read, feed, write every reply, and only then do what the session wants. So replies are on their way before
// the session waits or computes. Nothing is read while replies are unsent, which is the back-pressure. And at the end
// of input the last step has already been finished and flushed.
#pragma once

#include <malloc.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "models/net.h"
#include "models/open_file.h"
#include "models/peer_disconnect.h"
#include "workloads/session.h"

namespace bakeoff::models {

/// How much one read asks for at most, in every model.
inline constexpr std::size_t kReadSize = 16 * 1024;

/// How often a model that must not wait reads from one connection in one turn, so that a peer that never pauses cannot
/// hold up the others.
inline constexpr int kMostReads = 4;

/// The memory of a reply string that has grown beyond this is freed once the string was written. Otherwise one big
/// value would stay charged to a connection or a loop for ever.
inline constexpr std::size_t kReplyCapacityKept = 4 * workloads::kReplyCap;

// clang-format off
/// A connection as the body sees it. How it waits is the model's choice: a thread blocks, a fiber suspends.
template <typename S>
concept Stream = requires(S stream, std::string& replies, OpenFile& file, std::chrono::nanoseconds time) {
  /// Waits for bytes and returns them: none at the end of input and on failure. They are valid until the next wait. They
  /// may lie where every connection of a thread reads, so nothing else may run between their arrival and the return.
  { stream.read() } -> std::convertible_to<std::string_view>;
  /// Sends everything and leaves `replies` empty. False when the peer is gone.
  { stream.write(replies) } -> std::convertible_to<bool>;
  /// Sends the replies and the opened file behind them: see send_with_file(). False when the conversation is over.
  { stream.send_file(workloads::FileTransfer::sendfile, file, replies) } -> std::convertible_to<bool>;
  /// Lets `time` pass. False when the model is stopping, or the peer has left: see peer_disconnect.h.
  { stream.pause(time) } -> std::convertible_to<bool>;
  /// The server ends the conversation of its own accord: see shutdown_and_drain().
  stream.finish();
};
// clang-format on

/// Frees the memory of an empty reply string that has grown beyond kReplyCapacityKept.
inline void shrink_replies(std::string& replies) {
  if (replies.empty() && replies.capacity() > kReplyCapacityKept) std::string().swap(replies);
}

/// For a connection that has ended: throws unsent replies away, and frees the memory that they had grown to.
inline void drop_replies(std::string& replies) {
  replies.clear();
  shrink_replies(replies);
}

/// From now on freed reply strings go back to the system at once. By default the C library raises its threshold with
/// each large piece that is freed, and then keeps up to 64 MiB per thread. To be called once, before the first
/// connection.
inline void return_freed_memory_at_once() {
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(kReplyCapacityKept));
#endif
}

/// For sockets that do not block: sends what fits at once and returns how much that was. `replies` is empty afterwards
/// when all of it was sent. nullopt when the peer is gone; then `replies` is empty too.
inline std::optional<std::size_t> send_what_fits(int socket, std::string& replies) {
  const ssize_t sent = send_some(socket, replies);
  if (sent < 0 && errno == EAGAIN) return 0;
  if (sent < 0 || static_cast<std::size_t>(sent) == replies.size()) drop_replies(replies);
  if (sent < 0) return std::nullopt;
  return static_cast<std::size_t>(sent);
}

/// Set by the process's signal handler, beside the StopToken. A computation looks at this, because the longest work
/// that a request may ask for takes longer than a stop may, and polling the token would cost a system call each time.
inline std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// In models whose process serves one connection at a time, the socket of that connection; -1 elsewhere. The signal
/// handler shuts it down, so that the StopToken need not be looked at between two reads.
inline std::atomic<int> socket_to_shut_down{-1};
static_assert(std::atomic<int>::is_always_lock_free);

/// Sets socket_to_shut_down for as long as it lives. Look at stop_requested once it is set: the stop may have come just
/// before.
class ShutDownOnStop {
 public:
  explicit ShutDownOnStop(int socket) { socket_to_shut_down = socket; }
  ShutDownOnStop(const ShutDownOnStop&) = delete;
  ShutDownOnStop& operator=(const ShutDownOnStop&) = delete;
  ~ShutDownOnStop() { socket_to_shut_down = -1; }
};

/// What a signal handler does for a stop, beside making the StopToken readable.
inline void request_stop_from_signal() noexcept {
  const int saved = errno;
  stop_requested = true;
  if (const int socket = socket_to_shut_down; socket >= 0) ::shutdown(socket, SHUT_RDWR);
  errno = saved;
}

/// The work's answer; nullopt when the stop came before its end.
inline std::optional<std::uint64_t> compute_unless_stopped(const workloads::Work& work) {
  return workloads::run_cancellable(work, [] { return stop_requested.load(std::memory_order_relaxed); });
}

/// Resumes the session with the answer of a `compute` step.
inline workloads::Step finish_work(workloads::ServerSession& session, std::uint64_t answer, std::string& replies) {
  std::array<char, 24> text;  // A 64-bit number has at most 20 digits.
  const auto end = std::to_chars(text.begin(), text.end(), answer).ptr;
  return session.resume(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())), replies);
}

/// Resumes the session with what came of opening `file` (OpenFile::open). It is closed again unless it is to be sent.
inline workloads::Step finish_opening(workloads::ServerSession& session, OpenFile& file, std::string_view opened,
                                      std::string& replies) {
  const workloads::Step next = session.resume(opened, replies);
  if (next.want != workloads::Step::Want::send_file) file.close();
  return next;
}

/// Takes a step that is due: its replies have been written, its pause has passed, and its file is sent. It opens a file
/// and computes on the calling thread. When the stop comes meanwhile, the next step is to close. `file` is the
/// connection's.
inline workloads::Step perform_step(workloads::ServerSession& session, const workloads::Step& step, OpenFile& file,
                                    std::string& replies) {
  switch (step.want) {
    case workloads::Step::Want::flush:
    case workloads::Step::Want::wait:
      return session.resume("", replies);
    case workloads::Step::Want::compute: {
      const auto answer = compute_unless_stopped(step.work);
      return answer ? finish_work(session, *answer, replies) : workloads::Step::close();
    }
    case workloads::Step::Want::open_file: {
      std::array<char, 24> text;
      return finish_opening(session, file, file.open(step.file, text), replies);
    }
    case workloads::Step::Want::send_file:
      file.close();
      return session.resume("", replies);
    case workloads::Step::Want::call:
      return session.resume(workloads::kNoBackend, replies);
    case workloads::Step::Want::input:
    case workloads::Step::Want::close:
      break;
  }
  return step;
}

/// Serves one connection to its end; the caller closes it. No other connection may use `replies` meanwhile. However it
/// ends, `replies` is empty then, and the memory that it had grown to is freed.
template <Stream S>
void converse(workloads::ServerSession& session, S& stream, std::string& replies) {
  const std::unique_ptr<std::string, void (*)(std::string*)> at_end(&replies,
                                                                    [](std::string* all) { drop_replies(*all); });
  OpenFile file;
  for (;;) {
    const std::string_view received = stream.read();
    if (received.empty()) return;
    workloads::Step step = session.feed(received, replies);
    for (;;) {
      if (step.want == workloads::Step::Want::send_file) {
        if (!stream.send_file(step.file.transfer, file, replies)) return;
      } else if (!replies.empty() && !stream.write(replies)) {
        return;
      }
      shrink_replies(replies);
      if (step.want == workloads::Step::Want::input) break;
      if (step.want == workloads::Step::Want::close) return stream.finish();
      if (step.want == workloads::Step::Want::wait && !stream.pause(step.pause)) return;
      step = perform_step(session, step, file, replies);
    }
  }
}

/// A blocking socket that an operating system thread serves, be it the only one of its process or one of many.
class BlockingStream {
 public:
  /// Does not own the socket. Reads into `scratch`, which is the thread's: an idle connection costs no buffer.
  BlockingStream(int socket, const StopToken& stop, std::span<char> scratch)
      : socket_(socket), stop_(stop), scratch_(scratch) {}

  std::string_view read() const {
    const ssize_t received = receive_some(socket_, scratch_.data(), scratch_.size());
    return {scratch_.data(), received < 0 ? 0 : static_cast<std::size_t>(received)};
  }

  bool write(std::string& replies) const {
    std::string_view rest = replies;
    while (!rest.empty()) {
      const ssize_t sent = send_some(socket_, rest);
      if (sent < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    const bool all = rest.empty();
    replies.clear();
    return all;
  }

  bool send_file(workloads::FileTransfer transfer, OpenFile& file, std::string& replies) const {
    std::size_t sent = 0;
    return send_with_file(socket_, transfer, file, replies, sent) == SendResult::all;
  }

  bool pause(std::chrono::nanoseconds time) const { return wait_unless_peer_disconnects(socket_, stop_, time); }
  void finish() const { shutdown_and_drain(socket_); }

 private:
  int socket_;
  const StopToken& stop_;
  std::span<char> scratch_;
};

/// What an operating system thread that serves one connection after another keeps between them.
class BlockingServer {
 public:
  BlockingServer(workloads::Service& service, const StopToken& stop) : service_(service), stop_(stop) {}

  /// Serves the connection to its end; the caller closes it. Without memory for it the connection ends early, and the
  /// thread goes on.
  void serve(int socket) {
    try {
      const auto session = service_.connect();
      BlockingStream stream(socket, stop_, scratch_);
      if (!stop_requested) converse(*session, stream, replies_);
    } catch (const std::exception&) {
    }
  }

 private:
  workloads::Service& service_;
  const StopToken& stop_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

}  // namespace bakeoff::models
