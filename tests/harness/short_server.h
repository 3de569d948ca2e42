// A small server in this process that ends every connection after so many answers: what keep-alive limits look like.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/harness/loopback_listener.h"
#include "tests/harness/tiny_server.h"
#include "workloads/catalogue.h"

namespace bakeoff::test {

/// Serves all connections on one thread of its own.
class ShortServer {
 public:
  enum class End : std::uint8_t { close, reset };
  struct Habits {
    std::uint64_t answers = 0;  ///< A connection, then it is ended; 0: as soon as it has been accepted.
    End end = End::close;
    bool late = false;           ///< When one request more has come, which gets no answer.
    std::uint64_t spared = 0;    ///< So many connections, the first ones, are never ended.
    std::uint64_t accepted = 0;  ///< After so many connections it listens no longer; 0: it does to the end.
  };

  ShortServer(const std::string& workload, Habits habits)
      : service_(find_workload(workload)->make_service({.surroundings = &date_})), habits_(habits) {
    std::array<int, 2> ends{};
    [[maybe_unused]] const int made = ::pipe(ends.data());
    stop_read_ = ends[0];
    stop_write_ = ends[1];
    thread_ = std::thread([this] { serve(); });
  }
  ~ShortServer() {
    ::close(stop_write_);
    thread_.join();
    ::close(stop_read_);
    if (listener_.fd >= 0) ::close(listener_.fd);
    for (const auto& [fd, peer] : peers_) ::close(fd);
  }
  ShortServer(const ShortServer&) = delete;

  std::uint16_t port() const { return listener_.port; }
  std::uint64_t connections() const { return connections_; }

 private:
  struct Peer {
    std::unique_ptr<ServerSession> session;
    std::uint64_t left = 0;  ///< Answers.
    bool spared = false;
  };

  void serve() {
    for (;;) {
      std::vector<pollfd> wanted{{stop_read_, POLLIN, 0}, {listener_.fd, POLLIN, 0}};
      for (const auto& [fd, peer] : peers_) wanted.push_back({fd, POLLIN, 0});
      ::poll(wanted.data(), wanted.size(), -1);
      if (wanted[0].revents != 0) return;
      if (wanted[1].revents != 0) accept_one();
      for (std::size_t i = 2; i < wanted.size(); ++i) {
        if (wanted[i].revents != 0) answer(wanted[i].fd);
      }
    }
  }
  void accept_one() {
    const int fd = ::accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const bool spared = connections_++ < habits_.spared;
    peers_[fd] = {service_->connect(), habits_.answers, spared};
    if (connections_ == habits_.accepted) ::close(std::exchange(listener_.fd, -1));
    if (!spared && habits_.answers == 0) end(fd);
  }
  void answer(int fd) {
    Peer& peer = peers_.at(fd);
    std::array<char, 65536> buffer;
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    std::string replies;
    if (got > 0 && peer.left == 0 && !peer.spared) return end(fd);
    if (got > 0) peer.session->feed({buffer.data(), static_cast<std::size_t>(got)}, replies);
    const bool gone = got <= 0 || ::send(fd, replies.data(), replies.size(), MSG_NOSIGNAL) < 0;
    if (gone || (!peer.spared && !replies.empty() && --peer.left == 0 && !habits_.late)) end(fd);
  }
  void end(int fd) {
    const linger at_once{1, 0};
    if (habits_.end == End::reset) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    peers_.erase(fd);
    ::close(fd);
  }

  FixedDate date_;
  std::unique_ptr<Service> service_;
  const Habits habits_;
  LoopbackListener listener_;
  int stop_read_ = -1, stop_write_ = -1;
  std::atomic<std::uint64_t> connections_ = 0;
  std::map<int, Peer> peers_;  ///< By descriptor.
  std::thread thread_;
};

}  // namespace bakeoff::test
