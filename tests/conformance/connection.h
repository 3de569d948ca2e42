// A client for tests, over TCP or a Unix socket: it blocks, but never for longer than a deadline, and it never
// deadlocks with a server that waits for its replies to be read. A deadline that passes is an exception that says what
// was being waited for, so a hanging test fails with a clear line instead of hanging. Who waits: poll(), in every call
// that says so. Not thread-safe; a test may give each thread connections of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace bakeoff::conformance {

/// How long a client waits for anything at all before it calls the server stuck.
inline constexpr std::chrono::milliseconds kPatience{20000};

class Connection {
 public:
  /// Connects to 127.0.0.1; waits at most kPatience. Throws std::system_error when refused. A `receive_buffer` other
  /// than 0 fixes the kernel's buffer at about that size, so that a reader who does not read is noticed soon.
  explicit Connection(std::uint16_t port, int receive_buffer = 0);
  /// The same to a Unix socket.
  explicit Connection(const std::filesystem::path& socket);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection() { close(); }

  /// Sends everything and meanwhile puts aside what comes in. False when the server has closed or reset the connection.
  /// Throws std::runtime_error when no byte moves for kPatience.
  bool send(std::string_view bytes);

  /// Sends what the kernel takes until it has taken nothing for `pause`, without reading. Returns how many bytes went.
  std::size_t send_blindly(std::string_view bytes, std::chrono::milliseconds pause);

  /// Exactly that many bytes, or fewer when the connection ended first. Throws when they do not come within kPatience.
  std::string receive(std::size_t bytes);

  /// At least one byte, or "" when the connection has ended. Throws when nothing comes within kPatience.
  std::string receive_some();

  /// Everything until the server closes or resets. Throws when it does neither within kPatience.
  std::string receive_until_end();

  /// Whether bytes, the end or an error are there now, or come within `timeout`.
  bool readable(std::chrono::milliseconds timeout = std::chrono::milliseconds{0});

  void shutdown_write();  ///< Half-close: no more requests will come.
  void reset();           ///< Closes with RST instead of FIN.
  void close();
  bool ended() const { return ended_; }          ///< The server has closed or reset.
  bool was_reset() const { return was_reset_; }  ///< It was a reset.

 private:
  void connect_to(const void* address, std::size_t size_of_address);
  /// Takes what is there without waiting.
  void take_what_is_there();

  int socket_ = -1;
  std::string inbox_;
  bool ended_ = false;
  bool was_reset_ = false;
};

}  // namespace bakeoff::conformance
