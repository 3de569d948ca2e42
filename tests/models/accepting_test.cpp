// The accept loop that blocking models share, what it counts, and the signals that end it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "models/blocking_acceptor.h"
#include "models/child_process.h"
#include "models/connection.h"
#include "models/net.h"
#include "models/stop_signals.h"

namespace bakeoff::models {
namespace {

Descriptor new_client(const Listener& listener) {
  Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(listener.port);
  ::inet_pton(AF_INET, "127.0.0.1", &where.sin_addr);
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    throw std::system_error(errno, std::generic_category(), "connect");
  return client;
}

TEST(BlockingAcceptor, CountsTheConnectionsThatItGivesOut) {
  const Listener listener = listen_on("127.0.0.1", 0);
  const StopSource stop;
  const StopToken token = stop.token();
  BlockingAcceptor acceptor(listener, token, SOCK_NONBLOCK);
  const Descriptor first = new_client(listener), second = new_client(listener);
  const Descriptor accepted = acceptor.wait_for_connection();
  EXPECT_TRUE(acceptor.wait_for_connection());
  EXPECT_EQ(acceptor.accepted(), 2U);
  EXPECT_EQ(acceptor.pauses().times(), 0U);
  char byte = 0;
  EXPECT_LT(receive_some(accepted.get(), &byte, 1), 0);
  EXPECT_EQ(errno, EAGAIN) << "the socket does not block, as was asked for";
}

TEST(BlockingAcceptor, GivesOutNothingOnceTheStopHasCome) {
  const Listener listener = listen_on("127.0.0.1", 0);
  const StopSource stop;
  const StopToken token = stop.token();
  BlockingAcceptor acceptor(listener, token, 0);
  const Descriptor client = new_client(listener);
  stop.request();
  EXPECT_FALSE(acceptor.wait_for_connection());
  EXPECT_EQ(acceptor.accepted(), 0U);
}

TEST(BlockingAcceptor, PausesAtTheLimitOnDescriptorsAndCountsThat) {
  const Listener listener = listen_on("127.0.0.1", 0);
  const Descriptor client = new_client(listener);
  // A stop that comes by itself, after the first pause.
  const Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const itimerspec soon{.it_interval = {}, .it_value = to_timespec(10 * AcceptPauses::kLength)};
  ASSERT_EQ(::timerfd_settime(timer.get(), 0, &soon, nullptr), 0);
  const StopToken token(timer.get());
  BlockingAcceptor acceptor(listener, token, 0);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{2, limit.rlim_max};  // Not 0: poll() takes no more descriptors than the limit allows.
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool accepted = static_cast<bool>(acceptor.wait_for_connection());
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_FALSE(accepted);
  EXPECT_EQ(acceptor.accepted(), 0U);
  EXPECT_GE(acceptor.pauses().times(), 1U);
  EXPECT_EQ(acceptor.pauses().limit(), "RLIMIT_NOFILE = 2");
}

TEST(AcceptPauses, RememberTheFirstLimitAndAddUpThePausesOfOthers) {
  AcceptPauses pauses;
  pauses.add(0, Resource::descriptor, 0);
  EXPECT_EQ(pauses.times(), 0U);
  EXPECT_EQ(pauses.limit(), "");
  pauses.add(2, Resource::descriptor, EMFILE);
  pauses.count(Resource::descriptor, ENFILE);
  EXPECT_EQ(pauses.times(), 3U);
  EXPECT_THAT(pauses.limit(), testing::StartsWith("RLIMIT_NOFILE"));
}

TEST(StopSignals, MakeTheTokenReadableAndAreIgnoredAfterwards) {
  {
    const StopSignals stop({SIGUSR2});
    EXPECT_FALSE(stop.token().stopped());
    ASSERT_EQ(::raise(SIGUSR2), 0);
    EXPECT_TRUE(stop.token().stopped());
    EXPECT_TRUE(stop_requested.exchange(false));
  }
  ASSERT_EQ(::raise(SIGUSR2), 0);
  EXPECT_FALSE(stop_requested) << "nothing is left that it could stop";
  ::signal(SIGUSR2, SIG_DFL);
}

TEST(StopSignals, OfAChildDoNotStopItsParent) {
  const StopSignals parents({SIGUSR2});
  const pid_t child = ::fork();
  if (child == 0) {
    const StopSignals own({SIGUSR2});
    ::raise(SIGUSR2);
    ::_exit(own.token().stopped() ? 0 : 1);
  }
  EXPECT_EQ(wait_for_child(child), 0);
  EXPECT_FALSE(parents.token().stopped());
}

TEST(ChildProcess, DiesWithItsParent) {
  constexpr unsigned kMostSeconds = 60;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t self = ::getpid();
    if (::fork() == 0) {
      ::alarm(kMostSeconds);
      if (die_with_parent(self)) ::pause();
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  EXPECT_EQ(wait_for_child(parent), 0);
  pollfd writers{ends[0], POLLIN, 0};
  EXPECT_EQ(::poll(&writers, 1, 1000 * kMostSeconds / 2), 1) << "the last process that could write must be gone";
  ::close(ends[0]);
}

TEST(ChildProcess, ThatIsNoChildIsAnErrorAndNoWait) {
  EXPECT_FALSE(wait_for_child(::getpid()));
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace bakeoff::models
