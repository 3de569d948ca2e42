// The floor of load generators: one thread, one epoll, a closed loop on every connection, and nothing else. It has no
// session, no check, no histogram, no timeout, and reads no clock per request. The first reply tells it how long every
// reply is, and from then on it counts bytes. What `bakeoff load` costs above this is what it knows about each reply.
//
//   bakeoff-floor-client PORT CONNECTIONS PIPELINE WARM_UP_MS WINDOW_MS REQUEST
//
// Prints the window as {"replies":N,"window_s":S,"cpu_us":C}.
#include <sys/timerfd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <string>

#include "tests/peers/floor.h"

namespace {

char scratch[64 * 1024];

struct Connection {
  int fd = -1;
  std::size_t owed = 0;  ///< Bytes of replies that have not come yet.

  void ask(const std::string& batch, std::size_t reply_bytes) {
    owed = reply_bytes;
    if (::send(fd, batch.data(), batch.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(batch.size())) std::exit(1);
  }
};

double microseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

timespec from_ms(const char* text) {
  const long ms = std::atol(text);
  return {ms / 1000, ms % 1000 * 1'000'000};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const auto pipeline = std::strtoul(argv[3], nullptr, 10);
  std::string batch;
  for (std::size_t i = 0; i < pipeline; ++i) batch += argv[6];

  std::vector<Connection> connections(std::strtoul(argv[2], nullptr, 10));
  const int epoll = ::epoll_create1(0), timer = ::timerfd_create(CLOCK_MONOTONIC, 0), on = 1;
  const sockaddr_in server = floors::loopback(argv[1]);
  epoll_event event{EPOLLIN, {.ptr = nullptr}}, events[256];
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
  for (Connection& connection : connections) {
    connection.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(connection.fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) return 1;
    event = {EPOLLIN | EPOLLET, {.ptr = &connection}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd, &event);
  }
  connections.front().ask(argv[6], 0);
  const ssize_t first = ::recv(connections.front().fd, scratch, sizeof scratch, 0);
  if (first <= 0) return 1;
  const std::size_t reply_bytes = pipeline * static_cast<std::size_t>(first);

  // Fires when the window begins, and when it ends.
  const itimerspec window{.it_interval = from_ms(argv[5]), .it_value = from_ms(argv[4])};
  ::timerfd_settime(timer, 0, &window, nullptr);
  for (Connection& connection : connections) connection.ask(batch, reply_bytes);
  double began = 0, used = 0;
  for (std::size_t replies = 0;;) {
    const int count = ::epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      if (auto* const connection = static_cast<Connection*>(events[i].data.ptr); connection != nullptr) {
        const ssize_t got = ::recv(connection->fd, scratch, sizeof scratch, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) continue;  // The first reply has been read already.
        // Also when the server has closed, or a reply is longer than the first one.
        if (got <= 0 || static_cast<std::size_t>(got) > connection->owed) return 1;
        connection->owed -= static_cast<std::size_t>(got);
        if (connection->owed != 0) continue;
        replies += pipeline;
        connection->ask(batch, reply_bytes);
        continue;
      }
      const double now = microseconds(CLOCK_MONOTONIC), cpu = microseconds(CLOCK_PROCESS_CPUTIME_ID);
      if (began != 0) {
        std::printf("{\"replies\":%zu,\"window_s\":%.6f,\"cpu_us\":%.1f}\n", replies, (now - began) / 1e6, cpu - used);
        return 0;
      }
      if (::read(timer, scratch, sizeof(std::uint64_t)) < 0) return 1;
      began = now;
      used = cpu;
      replies = 0;
    }
  }
}
