#include "models/peer_disconnect.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "models/failed_wait.h"

namespace bakeoff::models {

bool has_disconnected_by_now(int socket, std::chrono::nanoseconds remaining) {
  pollfd watched{socket, POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) > 0 && has_disconnected(static_cast<std::uint32_t>(watched.revents), remaining);
}

bool wait_unless_peer_disconnects(int socket, const StopToken& stop, std::chrono::nanoseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  pollfd watched[] = {{stop.fd(), POLLIN, 0}, {socket, POLLRDHUP, 0}};
  for (;;) {
    const timespec left = to_timespec(time);
    const int ready = ::ppoll(watched, 2, &left, nullptr);
    if (ready == 0) return true;
    if (ready < 0 && errno != EINTR) exit_on_failed_wait("ppoll");
    time = std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{until - std::chrono::steady_clock::now()});
    if (ready < 0) continue;
    if (watched[0].revents != 0 || has_disconnected(static_cast<std::uint32_t>(watched[1].revents), time)) return false;
    watched[1].events = 0;  // The end of its input is known by now. A reset is reported without being asked for.
  }
}

}  // namespace bakeoff::models
