// A small server in this process that serves each connection on a thread of its own, and may do one thing wrong.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/harness/loopback_listener.h"
#include "workloads/catalogue.h"

namespace bakeoff::test {

struct FixedDate : Surroundings {
  std::string_view http_date() const override { return "Sun, 06 Nov 1994 08:49:37 GMT"; }
};

/// Serves each connection on a thread of its own: hands bytes to a session and lets `spoil` have its way with the
/// replies; a `spoil` that returns false closes the connection.
class TinyServer {
 public:
  using Spoil = std::function<bool(std::string& replies)>;

  explicit TinyServer(
      const std::string& workload, Spoil spoil = [](std::string&) { return true; })
      : service_(find_workload(workload)->make_service({.surroundings = &date_})), spoil_(std::move(spoil)) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TinyServer() {
    ::shutdown(listener_.fd, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_.fd);
  }

  std::uint16_t port() const { return listener_.port; }
  Service& service() { return *service_; }
  std::uint64_t connections() const { return connections_; }
  /// As a server does whose keep-alive has timed out.
  void close_all() {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }

 private:
  void accept_all() {
    for (int fd; (fd = ::accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++connections_;
      const std::lock_guard lock(mutex_);
      open_.insert(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }
  void serve(int fd) {
    const auto session = service_->connect();
    std::vector<char> buffer(65536);
    std::string replies;
    for (;;) {
      const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      Step step = session->feed({buffer.data(), static_cast<std::size_t>(got)}, replies);
      while (step.want == Step::Want::flush || step.want == Step::Want::wait) {
        std::this_thread::sleep_for(step.pause);
        step = session->resume("", replies);
      }
      if (!spoil_(replies)) break;
      if (::send(fd, replies.data(), replies.size(), MSG_NOSIGNAL) < 0) break;
      replies.clear();
      if (step.want == Step::Want::close) break;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
    ::close(fd);
  }

  FixedDate date_;
  std::unique_ptr<Service> service_;
  Spoil spoil_;
  LoopbackListener listener_;
  std::atomic<std::uint64_t> connections_ = 0;
  std::mutex mutex_;
  std::set<int> open_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

}  // namespace bakeoff::test
