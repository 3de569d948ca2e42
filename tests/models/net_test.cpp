// Listening, accepting, stopping and the helpers around them, over loopback.
#include "models/net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "models/blocking_server.h"
#include "models/connection.h"

namespace bakeoff::models {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Descriptor connect_to(const Listener& listener) {
  Descriptor peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(listener.port);
  ::inet_pton(AF_INET, "127.0.0.1", &where.sin_addr);
  if (::connect(peer.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    throw std::system_error(errno, std::generic_category(), "connect");
  return peer;
}

/// Both ends of a connection through the listener.
struct Connected {
  explicit Connected(const Listener& listener, int flags = 0)
      : client(connect_to(listener)), server(accept_from(listener.socket.get(), flags).socket) {}
  Descriptor client, server;
};

TEST(Net, APortOfZeroBecomesTheOneThatWasBound) {
  const Listener listener = listen_on("127.0.0.1", 0);
  EXPECT_NE(listener.port, 0);
  EXPECT_EQ(listener.address, "127.0.0.1");
  Connected connected(listener);
  EXPECT_TRUE(connected.server);
}

TEST(Net, TheListenQueueIsAsLongAsThoseWhoAreNotAccepted) {
  const Listener listener = listen_on("127.0.0.1", 0);
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 0U);
  const Descriptor first = connect_to(listener), second = connect_to(listener);
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 2U);
  const Accepted accepted = accept_from(listener.socket.get(), 0);
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 1U);
}

TEST(WakeupEvent, SignalledTwiceWakesOnceAndAStopWakesAsWell) {
  const StopSource stop;
  const WakeupEvent wakeup;
  wakeup.signal();
  wakeup.signal();
  EXPECT_TRUE(wakeup.wait(stop.token()));
  stop.request();
  EXPECT_FALSE(wakeup.wait(stop.token()));
}

TEST(ShutDownOnStop, IsShutDownByTheSignalHandler) {
  const Listener listener = listen_on("127.0.0.1", 0);
  const Connected connected(listener);
  {
    const ShutDownOnStop held(connected.server.get());
    request_stop_from_signal();
  }
  EXPECT_TRUE(stop_requested.exchange(false));
  EXPECT_EQ(socket_to_shut_down, -1);
  char byte = 0;
  EXPECT_EQ(receive_some(connected.server.get(), &byte, 1), 0) << "it blocks no more";
}

TEST(Net, AnIpv6LiteralIsListenedOnWhereThereIsIpv6) {
  try {
    EXPECT_NE(listen_on("::1", 0).port, 0);
  } catch (const std::system_error& error) {
    GTEST_SKIP() << error.what();
  }
}

TEST(Net, AnAddressThatIsNoLiteralIsNamedInTheError) {
  for (const char* wrong : {"localhost", "", "127.0.0.256", "::g", "127.0.0.1:80"}) {
    try {
      listen_on(wrong, 0);
      ADD_FAILURE() << wrong;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(wrong));
    }
  }
}

TEST(Net, APortInUseIsNamedInTheError) {
  const Listener first = listen_on("127.0.0.1", 0);
  try {
    listen_on("127.0.0.1", first.port);
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EADDRINUSE);
    EXPECT_THAT(error.what(), testing::HasSubstr("127.0.0.1 port " + std::to_string(first.port)));
  }
}

TEST(Net, ListenersBesideEachOtherShareAPortAndDivideWhoComes) {
  const Listener first = listen_on("127.0.0.1", 0);
  const Listener second = listen_reuseport(first);
  EXPECT_EQ(second.port, first.port);
  constexpr std::size_t kConnections = 200;
  std::vector<Descriptor> peers;
  while (peers.size() < kConnections) peers.push_back(connect_to(first));
  std::size_t accepted[] = {0, 0};
  for (const Listener* listener : {&first, &second}) {
    while (accept_from(listener->socket.get(), 0).status == AcceptStatus::accepted) ++accepted[listener == &second];
  }
  EXPECT_EQ(accepted[0] + accepted[1], kConnections);
  EXPECT_GT(accepted[0], 0U);
  EXPECT_GT(accepted[1], 0U);
}

TEST(Net, AcceptedSocketsInheritNoDelayAndTakeTheirOwnBlockingMode) {
  const Listener listener = listen_on("127.0.0.1", 0);
  for (const int flags : {0, int{SOCK_NONBLOCK}}) {
    Connected connected(listener, flags);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ASSERT_EQ(::getsockopt(connected.server.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_EQ(no_delay, 1);
    EXPECT_EQ((::fcntl(connected.server.get(), F_GETFL) & O_NONBLOCK) != 0, flags != 0);
    EXPECT_NE(::fcntl(connected.server.get(), F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST(Net, AcceptingWhenNobodyWaitsIsNothing) {
  const Listener listener = listen_on("127.0.0.1", 0);
  EXPECT_EQ(accept_from(listener.socket.get(), 0).status, AcceptStatus::nothing);
}

TEST(Net, AcceptingOnWhatIsNoListenerThrows) {
  EXPECT_THROW(accept_from(-1, 0), std::system_error);
}

TEST(Net, AStopIsSeenByEveryTokenAndStays) {
  const StopSource source;
  const StopToken token = source.token();
  EXPECT_FALSE(token.stopped());
  source.request();
  source.request();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(token.stopped());
  EXPECT_TRUE(source.token().stopped());
}

TEST(Net, ASleepLastsItsTimeOrUntilTheStop) {
  const StopSource source;
  const auto begin = steady_clock::now();
  EXPECT_TRUE(source.token().sleep(milliseconds{5}));
  EXPECT_GE(steady_clock::now() - begin, milliseconds{5});
  std::thread stopper([&] { source.request(); });
  EXPECT_FALSE(source.token().sleep(std::chrono::hours{1}));
  stopper.join();
}

TEST(Net, WaitingForConnectionsEndsWithOneOrWithTheStop) {
  const Listener listener = listen_on("127.0.0.1", 0);
  const StopSource source;
  const Descriptor peer = connect_to(listener);
  EXPECT_TRUE(wait_acceptable(listener.socket.get(), source.token()));
  source.request();
  EXPECT_FALSE(wait_acceptable(listener.socket.get(), source.token()));
}

TEST(Net, AnInboxHandsOverEverySocketBeforeItsEnd) {
  constexpr int kSockets = 150;
  SocketInbox inbox;
  std::vector<Descriptor> arrived;
  EXPECT_EQ(inbox.receive(arrived), SocketInbox::Arrival::nothing);
  for (int i = 0; i < kSockets; ++i) inbox.send(Descriptor(::dup(STDERR_FILENO)));
  inbox.end();
  while (inbox.receive(arrived) != SocketInbox::Arrival::end) continue;
  EXPECT_EQ(arrived.size(), kSockets);
  for (const Descriptor& socket : arrived) EXPECT_GE(::fcntl(socket.get(), F_GETFD), 0);
}

TEST(Net, EndingPolitelyLetsTheLastReplyThroughThoughInputIsUnread) {
  const Listener listener = listen_on("127.0.0.1", 0);
  Connected connected(listener);
  const std::string surplus(100'000, 'x');
  ASSERT_EQ(send_some(connected.client.get(), surplus), static_cast<ssize_t>(surplus.size()));
  ASSERT_EQ(send_some(connected.server.get(), "bye"), 3);
  shutdown_and_drain(connected.server.get());
  connected.server.reset();
  char reply[8];
  ASSERT_EQ(receive_some(connected.client.get(), reply, sizeof reply), 3);
  EXPECT_EQ(receive_some(connected.client.get(), reply, sizeof reply), 0) << "a reset instead of the end";
}

TEST(Net, SendingToAPeerThatIsGoneIsAnErrorAndNoSignal) {
  const Listener listener = listen_on("127.0.0.1", 0);
  Connected connected(listener);
  connected.client.reset();
  ssize_t sent = 0;
  for (int i = 0; i < 100 && sent >= 0; ++i) sent = send_some(connected.server.get(), "into the void");
  EXPECT_EQ(sent, -1);
}

TEST(Net, WhatDoesNotFitStaysToBeSent) {
  const Listener listener = listen_on("127.0.0.1", 0);
  Connected connected(listener, SOCK_NONBLOCK);
  std::string small = "fits";
  EXPECT_EQ(send_what_fits(connected.server.get(), small), 4U);
  EXPECT_TRUE(small.empty());
  std::string large(64 * 1024 * 1024, 'x');
  const std::size_t whole = large.size();
  const auto sent = send_what_fits(connected.server.get(), large);
  ASSERT_TRUE(sent);
  EXPECT_LT(*sent, whole);
  EXPECT_EQ(large.size(), whole) << "the caller skips what was sent";
  EXPECT_EQ(send_what_fits(connected.server.get(), large), 0U) << "the socket is full";
  connected.client.reset();
  std::optional<std::size_t> gone = 0;
  for (int i = 0; i < 100 && gone; ++i) gone = send_what_fits(connected.server.get(), large);
  EXPECT_FALSE(gone);
  EXPECT_TRUE(large.empty());
}

TEST(Net, ABlockingStreamWritesAllAndSeesTheEnd) {
  const Listener listener = listen_on("127.0.0.1", 0);
  Connected connected(listener);
  const StopSource source;
  const StopToken stop = source.token();
  std::array<char, 16> scratch;
  BlockingStream stream(connected.server.get(), stop, scratch, nullptr);
  std::string large(8 * 1024 * 1024, 'x');
  const std::size_t whole = large.size();
  std::size_t received = 0;
  std::thread reader([&] {
    std::vector<char> buffer(1024 * 1024);
    for (ssize_t n; (n = receive_some(connected.client.get(), buffer.data(), buffer.size())) > 0;)
      received += static_cast<std::size_t>(n);
  });
  EXPECT_TRUE(stream.write(large));
  EXPECT_TRUE(large.empty());
  ::shutdown(connected.server.get(), SHUT_WR);
  reader.join();
  EXPECT_EQ(received, whole);
  connected.client.reset();
  EXPECT_EQ(stream.read(), "");
  source.request();
  EXPECT_FALSE(stream.pause(std::chrono::hours{1}));
}

}  // namespace
}  // namespace bakeoff::models
