// A server in this process that does what a test says with each connection, and `bakeoff load` against a server.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/program.h"
#include "tests/harness/fixtures/loopback_listener.h"

namespace bakeoff::e2e {

/// Does what `behave` says with each connection, on a thread of its own, and closes it.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd)> behave) : behave_(std::move(behave)) {
    acceptor_ = std::thread([this] {
      for (int fd; (fd = ::accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        threads_.emplace_back([this, fd] {
          behave_(fd);
          ::close(fd);
        });
      }
    });
  }
  ~RawServer() {
    ::shutdown(listener_.fd, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_.fd);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port) + "/"; }

 private:
  std::function<void(int)> behave_;
  test::LoopbackListener listener_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

inline bool read_some(int fd) {
  char buffer[4096];
  return ::recv(fd, buffer, sizeof buffer, 0) > 0;
}
inline void answer(int fd, const std::string& text) {
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

/// Answers every read with `text` until the peer leaves.
inline std::function<void(int)> always(const std::string& text) {
  return [text](int fd) {
    while (read_some(fd)) answer(fd, text);
  };
}

struct Loaded {
  int status = 0;
  double took_s = 0;
  nlohmann::json row;
  std::string errors;
  std::uint64_t count(const std::string& phase, const std::string& code = "") const {
    std::uint64_t sum = 0;
    for (const nlohmann::json& error : row["client"].value("errors", nlohmann::json::array())) {
      if (error["phase"] == phase && (code.empty() || error.value("code", "") == code))
        sum += error["count"].get<std::uint64_t>();
    }
    return sum;
  }
};

inline Loaded load(const std::string& url, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"load", url, "-c", "3", "--warmup", "0", "--no-ceiling", "--format", "json"};
  const auto unless_given = [&](const std::string& option, const std::string& value) {
    if (std::ranges::find(more, option) == more.end()) arguments.insert(arguments.end(), {option, value});
  };
  unless_given("-d", "300ms");
  unless_given("--timeout", "400ms");
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto begin = std::chrono::steady_clock::now();
  const Call::Result result = bakeoff_call(arguments);
  Loaded loaded;
  loaded.took_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  loaded.status = result.status;
  loaded.row = nlohmann::json::parse(result.output, nullptr, false);
  loaded.errors = result.errors;
  EXPECT_TRUE(loaded.row.is_object()) << result.output << result.errors;
  return loaded;
}

}  // namespace bakeoff::e2e
