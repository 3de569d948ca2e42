#include "harness/input/url.h"

#include <gmock/gmock.h>

#include "harness/input/input_error.h"

namespace bakeoff::input {
namespace {

using testing::HasSubstr;

std::string complaint(const std::string& url) {
  try {
    parse_url(url);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Url, AnHttpUrlKeepsItsTargetAndHostField) {
  const Target target = parse_url("http://localhost:8080/id/{k}?a=b");
  EXPECT_EQ(target.workload, "http");
  EXPECT_EQ(target.host, "localhost");
  EXPECT_EQ(target.port, 8080);
  EXPECT_EQ(target.request, "/id/{k}?a=b");
  EXPECT_EQ(target.host_field, "localhost:8080");
}

TEST(Url, PortsAndTargetsHaveTheirUsualDefaults) {
  EXPECT_EQ(parse_url("http://h").port, 80);
  EXPECT_EQ(parse_url("http://h").request, "/");
  EXPECT_EQ(parse_url("redis://h").port, 6379);
  EXPECT_EQ(parse_url("redis://h").request, "");
}

TEST(Url, ARedisUrlNamesItsRequest) {
  const Target target = parse_url("redis://127.0.0.1:7000/incr/hits");
  EXPECT_EQ(target.workload, "counter");
  EXPECT_EQ(target.request, "incr/hits");
}

TEST(Url, AnIPv6AddressStandsInBrackets) {
  const Target target = parse_url("tcp://[::1]:7");
  EXPECT_EQ(target.workload, "echo");
  EXPECT_EQ(target.host, "::1");
  EXPECT_EQ(target.port, 7);
}

TEST(Url, WhatCannotBeReadIsRefusedWithTheReason) {
  EXPECT_THAT(complaint("127.0.0.1:80"), HasSubstr("expected tcp://host:port"));
  EXPECT_THAT(complaint("https://h/"), HasSubstr("TLS is not supported"));
  EXPECT_THAT(complaint("rediss://h/"), HasSubstr("TLS is not supported"));
  EXPECT_THAT(complaint("ftp://h/"), HasSubstr("\"ftp\" is none of tcp, http, redis"));
  EXPECT_THAT(complaint("tcp://h"), HasSubstr("no port"));
  EXPECT_THAT(complaint("http://:80/"), HasSubstr("no host"));
  EXPECT_THAT(complaint("http://h:0/"), HasSubstr("1 to 65535"));
  EXPECT_THAT(complaint("http://h:65536/"), HasSubstr("1 to 65535"));
  EXPECT_THAT(complaint("http://h:8x/"), HasSubstr("\"8x\""));
  EXPECT_THAT(complaint("http://h:/"), HasSubstr("1 to 65535"));
  EXPECT_THAT(complaint("http://user@h/"), HasSubstr("user names"));
  EXPECT_THAT(complaint("tcp://[::1:7"), HasSubstr("bracket"));
  EXPECT_THAT(complaint("tcp://h:7/x"), HasSubstr("takes no path"));
}

}  // namespace
}  // namespace bakeoff::input
