#include "harness/load/epoll_events.h"

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <system_error>

#include "harness/measure/system_calls.h"

namespace bakeoff::load {
namespace {

// ThreadSanitizer does not know epoll_pwait2: neither that it orders threads, nor that a signal may end it.
#ifdef __SANITIZE_THREAD__
std::atomic<bool> two_calls{true};
#else
std::atomic<bool> two_calls{false};
#endif

int wait_in_two_calls(int epoll, std::span<epoll_event> buffer, const timespec& timeout) {
  pollfd watched{epoll, POLLIN, 0};
  const int ready = ::ppoll(&watched, 1, &timeout, nullptr);
  return ready <= 0 ? ready : ::epoll_wait(epoll, buffer.data(), static_cast<int>(buffer.size()), 0);
}

}  // namespace

std::span<epoll_event> wait_for_events(int epoll, std::span<epoll_event> buffer, std::uint64_t left_ns) {
  const timespec timeout{static_cast<time_t>(left_ns / 1'000'000'000), static_cast<long>(left_ns % 1'000'000'000)};
  int count = -1;
  if (!two_calls.load(std::memory_order_relaxed)) {
    count = ::epoll_pwait2(epoll, buffer.data(), static_cast<int>(buffer.size()), &timeout, nullptr);
    if (count < 0 && measure::is_refusal(errno)) two_calls = true;
  }
  if (two_calls.load(std::memory_order_relaxed)) count = wait_in_two_calls(epoll, buffer, timeout);
  if (count < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "wait for events (epoll_pwait2)");
  return buffer.first(count < 0 ? 0 : static_cast<std::size_t>(count));
}

}  // namespace bakeoff::load
