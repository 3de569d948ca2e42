// Where a load connects to: addresses in words, which of several is taken, and a Unix socket with a full queue.
#include "harness/load/socket_address.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "harness/load/blocking_connection.h"
#include "harness/load/reachable_address.h"
#include "harness/measure/monotonic.h"
#include "tests/harness/fixtures/agent_plan.h"
#include "tests/harness/fixtures/listening_unix_socket.h"
#include "tests/harness/fixtures/loopback_listener.h"
#include "tests/harness/fixtures/one_thread.h"

namespace bakeoff::load {
namespace {

using testing::HasSubstr;

const std::atomic<bool> kGoesOn{false};

/// A port without a listener.
std::uint16_t closed_port() {
  const test::LoopbackListener listener;
  ::close(listener.fd);
  return listener.port;
}

std::string failure_of(std::span<const SocketAddress> addresses) {
  try {
    first_reachable(addresses, 5, kGoesOn);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

AgentPlan plan_for_socket(const std::string& path) {
  AgentPlan plan = test::plan_for("echo", 0);
  plan.unix_socket = path;
  plan.connect_timeout_s = 0.05;
  return plan;
}

TEST(SocketAddress, IsTheAddressInDigitsAndThePort) {
  EXPECT_EQ(resolve("127.0.0.1", 8080).text(), "127.0.0.1:8080");
  EXPECT_EQ(resolve("127.0.0.1", 8080).host(), "127.0.0.1");
  EXPECT_TRUE(resolve("127.0.0.1", 8080).is_ipv4_loopback());
  EXPECT_EQ(resolve("::1", 80).text(), "[::1]:80");
  EXPECT_EQ(resolve("::1", 80).host(), "::1");
  EXPECT_EQ(addresses_of("::1", 80).size(), 1U);
}

TEST(SocketAddress, OfAUnixSocketIsItsPathAndNoLoopback) {
  const SocketAddress socket = address_of(plan_for_socket("/run/server.sock"));
  EXPECT_EQ(socket.text(), "/run/server.sock");
  EXPECT_TRUE(socket.is_unix());
  EXPECT_FALSE(socket.is_ipv4_loopback()) << "agents would take addresses of their own";
  EXPECT_THROW(address_of(plan_for_socket(std::string(108, 'x'))), std::runtime_error);
}

TEST(ReachableAddress, IsTheFirstThatAcceptsAConnection) {
  const test::LoopbackListener listener;
  const std::vector<SocketAddress> addresses{resolve("127.0.0.1", closed_port()), resolve("127.0.0.2", closed_port()),
                                             resolve("127.0.0.1", listener.port)};
  EXPECT_EQ(first_reachable(addresses, 5, kGoesOn).text(), addresses[2].text());
  ::close(listener.fd);
}

TEST(ReachableAddress, OfOneAddressIsThatWithoutAConnection) {
  const std::vector<SocketAddress> one{resolve("127.0.0.1", closed_port())};
  EXPECT_EQ(first_reachable(one, 5, kGoesOn).text(), one[0].text());
}

TEST(ReachableAddress, ThatThereIsNotNamesAllThatWasTried) {
  const std::vector<SocketAddress> two{resolve("127.0.0.1", closed_port()), resolve("127.0.0.2", closed_port())};
  EXPECT_EQ(failure_of(two), "connect to " + two[0].text() + " and " + two[1].text() + ": Connection refused");
  // A socket that is not there fails in another way.
  const std::vector<SocketAddress> unlike{two[0], address_of(plan_for_socket("/no/such/socket"))};
  EXPECT_EQ(failure_of(unlike), "connect to " + two[0].text() +
                                    ": Connection refused; connect to /no/such/socket: No such file or directory");
}

TEST(FullAcceptQueue, OfAUnixSocketIsALimitThatNamesIt) {
  const test::ListeningUnixSocket socket(0);
  test::OneThread load(plan_for_socket(socket.path()));
  EXPECT_EQ(load.thread().connected(), 1U) << "as many as the queue holds";
  EXPECT_EQ(load.thread().connect_error(), "connect to " + socket.path() + ": its accept queue is full");
  const SocketAddress peer = address_of(plan_for_socket(socket.path()));
  EXPECT_THROW(BlockingConnection(peer, measure::now_ns(), kGoesOn), ConnectError);
}

TEST(FullAcceptQueue, OfAUnixSocketIsWaitedFor) {
  const test::ListeningUnixSocket socket(0);
  AgentPlan plan = plan_for_socket(socket.path());
  plan.load.connections = 50;
  plan.connect_timeout_s = 60;
  std::thread acceptor([&] {
    for (int i = 0; i < 50; ++i) {
      ::poll(nullptr, 0, 1);
      ::accept4(socket.fd(), nullptr, nullptr, SOCK_CLOEXEC);  // Closed with this program.
    }
  });
  test::OneThread load(plan);
  EXPECT_EQ(load.thread().connect_error(), "");
  EXPECT_EQ(load.thread().connected(), 50U);
  acceptor.join();
}

}  // namespace
}  // namespace bakeoff::load
