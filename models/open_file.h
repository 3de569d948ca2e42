// The file of a reply, between open_file and send_file of a session: opened, sent and closed the same way in every
// model. A model decides only which thread does it, and what waits when the socket takes no more.
//
// Opening and reading may wait for the disk, whatever the socket is: no descriptor of a file is ever "not ready".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/net.h"
#include "workloads/session.h"

namespace bakeoff::models {

/// Eight bytes: every connection has one.
class OpenFile {
 public:
  /// Opens the file (openat(), fstat()) and returns what the session is to be resumed with: its size in decimal, in
  /// `text`, or kNoFile, or kFileFailed. Blocks for as long as the disk takes.
  std::string_view open(const workloads::FileName& file, std::array<char, 24>& text) noexcept;
  /// Takes over a descriptor that was opened elsewhere; -1 for the errno `error`. Returns what open() returns.
  std::string_view adopt(int descriptor, int error, std::array<char, 24>& text) noexcept;

  int descriptor() const { return file_.get(); }
  /// Bytes that have not been read or sent yet.
  std::size_t left() const { return left_; }
  /// Of those, this many have been read by somebody else.
  void skip(std::size_t bytes) { left_ -= static_cast<std::uint32_t>(bytes); }
  void close() {
    file_.reset();
    left_ = 0;
  }

  /// Appends the next kFileChunk bytes to the replies, or what is left. False when the file is shorter than it was, or
  /// cannot be read. Blocks for as long as the disk takes. Throws std::bad_alloc.
  bool read_into(std::string& replies);

  /// Has the kernel copy what fits into the socket (sendfile()), and returns how much that was: 0 when the file is
  /// shorter than it was, -1 and errno on failure. Blocks for as long as the disk takes, and where the socket does.
  ssize_t send_to(int socket) noexcept;

 private:
  Descriptor file_;
  std::uint32_t left_ = 0;
};

/// How much is read into memory at once.
inline constexpr std::size_t kFileChunk = workloads::kReplyCap;

enum class SendResult : std::uint8_t {
  all,   ///< Everything has gone; `replies` is empty.
  some,  ///< The socket takes no more for now: call again when it does.
  gone,  ///< The peer is gone, or the file is shorter than its reply says: the connection has to end.
};

/// Sends the replies, of which `sent` bytes have gone already, and the file behind them, until the socket takes no
/// more; a socket that blocks takes all. The head of a reply and the beginning of its file go out together (MSG_MORE).
/// Blocks for as long as the disk takes. Throws std::bad_alloc.
SendResult send_with_file(int socket, workloads::FileTransfer transfer, OpenFile& file, std::string& replies,
                          std::size_t& sent);

}  // namespace bakeoff::models
