// Who listens on a port, and what such a server uses: this very test, and a child of it.
#include "harness/measure/listeners.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/local_server.h"
#include "harness/subjects/process.h"

namespace bakeoff::measure {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A socket that listens on a free port of the loopback address, for as long as it lives.
class ListeningSocket {
 public:
  explicit ListeningSocket(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    socklen_t size = sizeof address_;
    if (family == AF_INET) {
      auto& v4 = reinterpret_cast<sockaddr_in&>(address_);
      v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      size = sizeof v4;
    } else {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(address_);
      v6.sin6_addr = in6addr_loopback;
      size = sizeof v6;
    }
    address_.ss_family = static_cast<sa_family_t>(family);
    listens_ = ::bind(fd_, reinterpret_cast<sockaddr*>(&address_), size) == 0 && ::listen(fd_, 1) == 0;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~ListeningSocket() { ::close(fd_); }
  ListeningSocket(const ListeningSocket&) = delete;

  bool listens() const { return listens_; }
  const sockaddr_storage& address() const { return address_; }
  std::uint16_t port() const { return ntohs(reinterpret_cast<const sockaddr_in&>(address_).sin_port); }

 private:
  int fd_;
  bool listens_ = false;
  sockaddr_storage address_{};
};

sockaddr_storage ipv4(const char* text, std::uint16_t port) {
  sockaddr_storage address{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  ::inet_pton(AF_INET, text, &v4.sin_addr);
  return address;
}

/// Uses that much CPU time on a thread that ends with it.
void spend_us(double us) {
  std::thread([us] {
    const auto used_us = [] {
      timespec used{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
      return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
    };
    while (used_us() < us) {
    }
  }).join();
}

TEST(Listeners, FindThisProcessByItsPort) {
  for (const int family : {AF_INET, AF_INET6}) {
    const ListeningSocket socket(family);
    if (!socket.listens()) continue;  // A machine without IPv6.
    const auto found = listeners_on(socket.port());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pid, ::getpid());
    EXPECT_THAT(program_invocation_short_name, HasSubstr(found[0].name));
  }
}

TEST(Listeners, AreNoneOnAPortThatWasGivenBack) {
  std::uint16_t port = 0;
  { port = ListeningSocket(AF_INET).port(); }
  EXPECT_THAT(listeners_on(port), IsEmpty());
}

TEST(ListeningInodes, AreThoseInStateListenOnThatPort) {
  const std::string text =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0\n"
      "   1: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0\n"
      "   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0\n"
      "   3: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 "
      "00:00000000 00000000     0        0 4714 1 0 100 0\n"
      "  nonsense\n\n  5: x:1F90 y 0A a b c d e none\n";
  EXPECT_THAT(listening_inodes(text, 8080), ElementsAre(4711, 4714));
  EXPECT_THAT(listening_inodes(text, 0), IsEmpty());
  EXPECT_THAT(listening_inodes("", 8080), IsEmpty());
}

TEST(LocalServer, CountsTheCpuOfThreadsThatHaveEnded) {
  const ListeningSocket socket(AF_INET);
  LocalServer server = LocalServer::find(socket.address());
  ASSERT_TRUE(server.found());
  spend_us(20'000);
  server.begin();
  spend_us(30'000);
  const ServerUse used = server.end();
  ASSERT_TRUE(used.cpu_us);
  EXPECT_GE(*used.cpu_us, 30'000);
  EXPECT_LT(*used.cpu_us, 50'000) << "what was used before begin() does not count";
  EXPECT_GE(*used.processes, 1U);
  EXPECT_GT(*used.rss_kib, 0U);
}

TEST(LocalServer, CountsItsChildrenAndLeavesTheCpuOutWhenOneHasEnded) {
  const ListeningSocket socket(AF_INET);
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "read line"};
  auto child = subjects::Process::start(command);
  LocalServer server = LocalServer::find(socket.address());
  EXPECT_THAT(server.description(), HasSubstr(", 2 processes"));
  server.begin();
  EXPECT_TRUE(server.end().cpu_us);
  child.write("\n");
  ASSERT_TRUE(child.wait(std::chrono::seconds{5}));
  EXPECT_FALSE(server.end().cpu_us);
  EXPECT_EQ(server.end().processes, 1U);
}

TEST(LocalServer, CountsTheSwitchesOfASmallServerOnly) {
  const ListeningSocket socket(AF_INET);
  LocalServer server = LocalServer::find(socket.address());
  server.begin();
  EXPECT_TRUE(server.end().switches_voluntary);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i <= LocalServer::kMostThreads; ++i) threads.emplace_back([&] { over.wait(false); });
  server.begin();
  const ServerUse large = server.end();
  over = true;
  over.notify_all();
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(large.switches_voluntary);
  EXPECT_TRUE(large.cpu_us);
  EXPECT_GT(*large.threads, LocalServer::kMostThreads);
}

TEST(LocalServer, ElsewhereIsNotFoundEvenIfSomebodyHereListensOnTheSamePort) {
  const ListeningSocket socket(AF_INET);
  LocalServer server = LocalServer::find(ipv4("192.0.2.1", socket.port()));
  EXPECT_FALSE(server.found());
  EXPECT_EQ(server.description(), "");
  server.begin();
  const ServerUse used = server.end();
  EXPECT_FALSE(used.cpu_us);
  EXPECT_FALSE(used.processes);
}

}  // namespace
}  // namespace bakeoff::measure
