#include "harness/load/connector.h"

#include <poll.h>

#include <cerrno>
#include <system_error>

#include "harness/measure/monotonic.h"

namespace bakeoff::load {
namespace {

constexpr std::size_t kAtOnce = 64;

}  // namespace

SourceAddresses::SourceAddresses(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) peers_.push_back(resolve(address, 0));
}

void connect_paced(std::span<LoadConnection> connections, const SocketAddress& peer, SourceAddresses& sources,
                   double timeout_s, const std::atomic<bool>& stop, const std::function<void(LoadConnection&)>& opened,
                   const std::function<void(LoadConnection&, int)>& failed) {
  const auto timeout_ns = static_cast<std::uint64_t>(timeout_s * 1e9);
  std::vector<pollfd> pending;
  std::vector<LoadConnection*> owners;
  std::size_t next = 0;
  const auto fail_rest = [&](int code) {
    for (; next < connections.size(); ++next) failed(connections[next], code);
  };
  std::uint64_t deadline = measure::now_ns() + timeout_ns;
  while ((next < connections.size() || !pending.empty()) && !stop) {
    bool queue_is_full = false;
    while (next < connections.size() && pending.size() < kAtOnce && !stop) {
      LoadConnection& connection = connections[next];
      const int code = connection.begin_connect(peer, sources.next());
      queue_is_full = is_accept_queue_full(peer, code);
      if (queue_is_full) break;  // It is tried again.
      ++next;
      if (code != 0) {
        failed(connection, code);
        if (code == EMFILE || code == ENFILE) fail_rest(code);
      } else if (connection.state == LoadConnection::State::open) {
        opened(connection);
        deadline = measure::now_ns() + timeout_ns;
      } else {
        pending.push_back({connection.fd, POLLOUT, 0});
        owners.push_back(&connection);
      }
    }
    if (queue_is_full) {  // Of a Unix socket: nothing is pending.
      if (measure::now_ns() >= deadline) fail_rest(EAGAIN);
      measure::sleep_until_ns(measure::now_ns() + kFullQueuePauseNs, stop);
    }
    if (pending.empty()) continue;
    const int ready = ::poll(pending.data(), pending.size(), 50);
    if (ready < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "wait to be connected (poll)");
    if (ready > 0) deadline = measure::now_ns() + timeout_ns;
    for (std::size_t i = pending.size(); ready > 0 && i-- > 0;) {
      if (pending[i].revents == 0) continue;
      if (const int code = owners[i]->finish_connect(); code != 0) {
        failed(*owners[i], code);
      } else {
        opened(*owners[i]);
      }
      pending[i] = pending.back();
      owners[i] = owners.back();
      pending.pop_back();
      owners.pop_back();
    }
    if (measure::now_ns() >= deadline) break;
  }
  for (LoadConnection* connection : owners) {
    connection->shut();
    failed(*connection, ETIMEDOUT);
  }
  fail_rest(ETIMEDOUT);
}

}  // namespace bakeoff::load
