#include "harness/measure/local_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace bakeoff::measure {
namespace {

bool is_local(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  EXPECT_EQ(::inet_pton(AF_INET, text, &address.sin_addr), 1);
  return is_local_address(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

TEST(LocalAddress, LoopbackIsHereAndTheAddressesForBooksAreNot) {
  EXPECT_TRUE(is_local("127.0.0.1"));
  EXPECT_TRUE(is_local("127.9.9.9"));
  EXPECT_FALSE(is_local("192.0.2.7"));
  EXPECT_FALSE(is_local("203.0.113.5"));
}

TEST(LocalAddress, WhatIsNoAddressIsNotHere) {
  sockaddr_storage nothing{};
  nothing.ss_family = 0xFFF0;
  EXPECT_FALSE(is_local_address(reinterpret_cast<const sockaddr*>(&nothing), sizeof nothing));
}

}  // namespace
}  // namespace bakeoff::measure
