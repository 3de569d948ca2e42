// How a socket for a connection to the back end is connected.
#include "models/back_end/address.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>

namespace bakeoff::models {
namespace {

using back_end::Connecting;

workloads::BackEnd server_at(std::uint16_t port) {
  return {.address = "127.0.0.1", .port = port};
}

/// What has become of it when it is no longer under way.
Connecting end_of(const Descriptor& socket, Connecting state) {
  while (state == Connecting::under_way) {
    pollfd waited{socket.get(), POLLOUT, 0};
    EXPECT_EQ(::poll(&waited, 1, 20'000), 1);
    state = back_end::check_connecting(socket.get());
  }
  return state;
}

TEST(BackEndConnecting, IsConnectedWhenSomebodyListens) {
  const Listener listener = listen_on("127.0.0.1", 0);
  Connecting state{};
  const Descriptor socket = back_end::begin_connecting(server_at(listener.port), state);
  EXPECT_EQ(end_of(socket, state), Connecting::connected);
  const Accepted accepted = accept_from(listener.socket.get(), 0);
  EXPECT_TRUE(accepted.socket);
  EXPECT_EQ(back_end::check_connecting(socket.get()), Connecting::connected) << "it stays so";
}

TEST(BackEndConnecting, HasFailedWhenNobodyListens) {
  std::uint16_t port = 0;
  { port = listen_on("127.0.0.1", 0).port; }
  Connecting state{};
  const Descriptor socket = back_end::begin_connecting(server_at(port), state);
  EXPECT_EQ(end_of(socket, state), Connecting::failed);
}

TEST(BackEndConnecting, IsUnderWayWithoutAnErrorAndWithoutAPeer) {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(back_end::check_connecting(socket.get()), Connecting::under_way);
}

TEST(BackEndConnecting, HasFailedAtOnceForAnAddressThatIsNoLiteral) {
  Connecting state{};
  EXPECT_FALSE(back_end::begin_connecting({.address = "localhost", .port = 1}, state));
  EXPECT_EQ(state, Connecting::failed);
}

}  // namespace
}  // namespace bakeoff::models
