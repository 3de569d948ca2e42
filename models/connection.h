// The one read-step-write body that every blocking-style model runs: what "identical work" means. A model decides only
// who waits, by the Stream that it hands in. An event loop cannot wait in here, so it has a body of its own, built from
// the same pieces: kReadSize, perform_step(), and the same order of things.
//
// The order: read, feed, write every reply, and only then do what the session wants. So replies are on their way before
// the session waits or computes. Nothing is read while replies are unsent, which is the back-pressure. And at the end
// of input the last step has already been finished and flushed.
#pragma once

#include <malloc.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "models/net.h"
#include "models/open_file.h"
#include "models/stop_request.h"
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
  /// Makes the calls of the back end and returns what resume() takes.
  { stream.call(workloads::Calls()) } -> std::convertible_to<std::string>;
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
    case workloads::Step::Want::call:  // The model makes the calls, in its own idiom, and resumes.
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
      step = step.want == workloads::Step::Want::call ? session.resume(stream.call(step.calls), replies)
                                                      : perform_step(session, step, file, replies);
    }
  }
}

}  // namespace bakeoff::models
