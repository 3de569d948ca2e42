#include "models/back_end/blocking_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>

#include "models/back_end/address.h"
#include "models/stop_request.h"

namespace bakeoff::models::back_end {
namespace {

using std::chrono::milliseconds;

/// Waits for the events in pieces. False when the time is over, or the process is to stop.
bool wait_for(int socket, short events, Clock::time_point until) {
  while (!stop_requested) {
    const auto left = until - Clock::now();
    if (left <= Clock::duration::zero()) return false;
    const timespec piece = to_timespec(std::min<std::chrono::nanoseconds>(left, kStopCheck));
    pollfd waited{.fd = socket, .events = events, .revents = 0};
    if (::ppoll(&waited, 1, &piece, nullptr) > 0) return true;
  }
  return false;
}

}  // namespace

bool BlockingSocket::connect(const workloads::BackEnd& server, Clock::time_point until) {
  Connecting state{};
  Descriptor made = begin_connecting(server, state);
  if (state == Connecting::under_way && wait_for(made.get(), POLLOUT, until)) state = check_connecting(made.get());
  if (state != Connecting::connected) return false;
  set_blocking(made.get(), true);
  // A quarter of the whole time at most: only what comes very late is waited for a little longer than it should be.
  piece_ = std::clamp(server.timeout / 4, milliseconds{1}, milliseconds{kStopCheck});
  const timespec time = to_timespec(piece_);
  const timeval piece{time.tv_sec, time.tv_nsec / 1000};
  ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &piece, sizeof piece);
  socket_ = std::move(made);
  return true;
}

/// A request is small, and the send buffer of a connection with one call at a time is empty.
bool BlockingSocket::send(std::string_view bytes) const {
  return send_some(socket_.get(), bytes) == static_cast<ssize_t>(bytes.size());
}

std::size_t BlockingSocket::receive(std::span<char> into, Clock::time_point until) const {
  while (!stop_requested) {
    const auto left = until - Clock::now();
    if (left <= Clock::duration::zero()) return 0;
    if (left < piece_ && !wait_for(socket_.get(), POLLIN, until)) return 0;
    // Not receive_some(), which would begin the piece anew for every signal that stops the process.
    const ssize_t received = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (received >= 0) return static_cast<std::size_t>(received);
    if (errno != EAGAIN && errno != EINTR) return 0;
  }
  return 0;
}

}  // namespace bakeoff::models::back_end
