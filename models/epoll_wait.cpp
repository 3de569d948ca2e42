#include "models/epoll_wait.h"

#include <algorithm>
#include <cerrno>
#include <climits>

#include "models/net.h"

namespace bakeoff {

int wait_for_events(int epoll, std::span<epoll_event> events,
                    std::optional<std::chrono::nanoseconds> patience) noexcept {
  const auto most = static_cast<int>(events.size());
#ifndef __SANITIZE_THREAD__  // It does not know this call: neither that it orders threads, nor that a signal may end
                             // it.
  const timespec timeout = to_timespec(patience.value_or(std::chrono::nanoseconds{0}));
  const int count = ::epoll_pwait2(epoll, events.data(), most, patience ? &timeout : nullptr, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
#endif
  const auto milliseconds = patience ? std::chrono::ceil<std::chrono::milliseconds>(*patience).count() : -1;
  return ::epoll_wait(epoll, events.data(), most, static_cast<int>(std::min<long>(milliseconds, INT_MAX)));
}

}  // namespace bakeoff
