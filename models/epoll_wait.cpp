#include "models/epoll_wait.h"

#include <poll.h>

#include <atomic>
#include <cerrno>

#include "models/failed_wait.h"
#include "models/net.h"

namespace bakeoff::models {
namespace {

using MaxWait = std::optional<std::chrono::nanoseconds>;

#ifdef __SANITIZE_THREAD__  // ThreadSanitizer knows of epoll_pwait2 neither that it orders threads nor that signals end
                            // it.
std::atomic<bool> two_calls{true};
#else
std::atomic<bool> two_calls{false};
#endif

/// Older kernels, container profiles and emulators answer with either.
bool is_refusal(int code) {
  return code == ENOSYS || code == EPERM;
}

int wait_in_one_call(int epoll, std::span<epoll_event> events, MaxWait max_wait) {
  const timespec timeout = to_timespec(max_wait.value_or(std::chrono::nanoseconds{0}));
  return ::epoll_pwait2(epoll, events.data(), static_cast<int>(events.size()), max_wait ? &timeout : nullptr, nullptr);
}

int wait_in_two_calls(int epoll, std::span<epoll_event> events, MaxWait max_wait) {
  if (max_wait && max_wait->count() > 0) {
    pollfd watched{epoll, POLLIN, 0};
    const timespec timeout = to_timespec(*max_wait);
    if (const int ready = ::ppoll(&watched, 1, &timeout, nullptr); ready <= 0) return ready;
  }
  return ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), max_wait ? 0 : -1);
}

}  // namespace

int wait_for_events(int epoll, std::span<epoll_event> events, MaxWait max_wait) {
  int count = -1;
  if (!two_calls.load(std::memory_order_relaxed)) {
    count = wait_in_one_call(epoll, events, max_wait);
    if (count < 0 && is_refusal(errno)) two_calls = true;
  }
  if (two_calls.load(std::memory_order_relaxed)) count = wait_in_two_calls(epoll, events, max_wait);
  if (count >= 0) return count;
  if (errno == EINTR) return 0;
  exit_on_failed_wait(two_calls.load(std::memory_order_relaxed) ? "epoll_wait" : "epoll_pwait2");
}

}  // namespace bakeoff::models
