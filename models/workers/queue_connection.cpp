#include "models/workers/queue_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace bakeoff::models::workers {
namespace {

std::uint64_t realtime_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

Descriptor connect_to_queue(const WorkerSetup& setup) {
  const std::string where = setup.address + ":" + std::to_string(setup.port);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(setup.port);
  if (::inet_pton(AF_INET, setup.address.c_str(), &peer.sin_addr) != 1) {
    throw std::invalid_argument("found the address '" + setup.address + "', expected an IPv4 address");
  }
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw std::system_error(errno, std::generic_category(), "make a socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect to the queue at " + where);
  }
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  // So few bytes always have room in the buffer of a new connection.
  if (send_some(socket.get(), workloads::queue::kFirstRequest) < 0) {
    throw std::system_error(errno, std::generic_category(), "send to the queue at " + where);
  }
  return socket;
}

workloads::queue::WorkerService make_worker_service(const WorkerSetup& setup, std::function<void()> session_ended) {
  return {
      std::to_string(::getpid()), setup.acknowledge, {.clock = realtime_ns, .session_ended = std::move(session_ended)}};
}

std::string why_ended(const workloads::queue::WorkerService& service, const StopToken& stop) {
  if (stop.stopped()) return "";
  const std::string error = service.error();
  return error.empty() ? "the queue closed the connection of a worker" : error;
}

}  // namespace bakeoff::models::workers
