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

TEST(Url, TheSchemeIsReadInEitherCaseAndTheFragmentIsDropped) {
  const Target target = parse_url("HTTP://h/page?a=b#part?of it");
  EXPECT_EQ(target.workload, "http");
  EXPECT_EQ(target.request, "/page?a=b");
  EXPECT_EQ(target.shown, "http://h/page?a=b");
  EXPECT_EQ(parse_url("redis://h/incr/KEY#x").request, "incr/KEY");
  EXPECT_EQ(parse_url("http://h#x").request, "/");
}

TEST(Url, AQueryMayFollowTheHost) {
  EXPECT_EQ(parse_url("http://h?a=1").request, "/?a=1");
  EXPECT_EQ(parse_url("http://h?a=/b").request, "/?a=/b");
  EXPECT_EQ(parse_url("http://h:81?").request, "/?");
}

TEST(Url, AnEmptyPortIsThatOfTheScheme) {
  EXPECT_EQ(parse_url("http://h:/x").port, 80);
  EXPECT_EQ(parse_url("http://h:/x").host_field, "h");
  EXPECT_EQ(parse_url("redis://h:/ping").port, 6379);
  EXPECT_THAT(complaint("tcp://h:"), HasSubstr("found no port"));
}

TEST(Url, WhatStandsBetweenBracesIsNotOfTheUrl) {
  EXPECT_EQ(parse_url("http://h/{mix: 3 id, 1 wait fixed:100}").request, "/{mix: 3 id, 1 wait fixed:100}");
  EXPECT_EQ(parse_url("http://h/{50% #?}#x").request, "/{50% #?}");
  EXPECT_EQ(parse_url("http://h/wait/{lognormal:100,0.5}?a=%41").request, "/wait/{lognormal:100,0.5}?a=%41");
  EXPECT_THAT(complaint("http://h/{a b} c"), HasSubstr("found a space"));
  EXPECT_THAT(complaint("http://h/{a\nb}"), HasSubstr("control byte 0x0a"));
}

TEST(Url, PercentEncodingIsCheckedAndSentAsItIs) {
  EXPECT_EQ(parse_url("http://h/a%20b%C3%BC").request, "/a%20b%C3%BC");
  EXPECT_EQ(parse_url("http://%6cocalhost/").host, "localhost");
  EXPECT_THAT(complaint("http://h/100%"), HasSubstr("found \"%\", expected two hexadecimal digits"));
  EXPECT_THAT(complaint("http://h/%4g"), HasSubstr("found \"%4g\""));
  EXPECT_THAT(complaint("http://h/a?b=%"), HasSubstr("found \"%\""));
  EXPECT_THAT(complaint("http://h/a b"), HasSubstr("found a space, expected it percent-encoded: %20"));
  EXPECT_THAT(complaint("http://h/\xc3\xbc"), HasSubstr("found \"\xc3\xbc\", which is not ASCII, expected it "
                                                        "percent-encoded: %C3%BC"));
  EXPECT_THAT(complaint("http://h/\xff"), HasSubstr("percent-encoded: %FF"));
  EXPECT_THAT(complaint("http://h/a\tb"), HasSubstr("control byte 0x09"));
  EXPECT_THAT(complaint("http://h/\x7f"), HasSubstr("control byte 0x7f"));
}

TEST(Url, AnIPv6AddressIsCheckedAndItsZoneStaysHere) {
  const Target target = parse_url("http://[fe80::1%25eth0]:8080/x");
  EXPECT_EQ(target.host, "fe80::1%eth0");
  EXPECT_EQ(target.host_field, "[fe80::1]:8080") << "RFC 6874, 4";
  EXPECT_EQ(target.shown, "http://[fe80::1%25eth0]:8080/x");
  EXPECT_EQ(parse_url("http://[::1]").host_field, "[::1]");
  EXPECT_THAT(complaint("http://[fe80::1%eth0]/"), HasSubstr("expected its zone like %25eth0"));
  EXPECT_THAT(complaint("http://[fe80::1%25]/"), HasSubstr("expected its zone"));
  EXPECT_THAT(complaint("http://[2001:db8::1%25eth0]/"), HasSubstr("only link-local addresses"));
  EXPECT_THAT(complaint("http://[::g]/"), HasSubstr("found \"::g\" in brackets, expected an IPv6 address"));
  EXPECT_THAT(complaint("http://[]/"), HasSubstr("expected an IPv6 address"));
  EXPECT_THAT(complaint("http://[127.0.0.1]/"), HasSubstr("expected an IPv6 address"));
  EXPECT_THAT(complaint("http://[::1]x/"), HasSubstr("found no :"));
  EXPECT_THAT(complaint("tcp://::1:7"), HasSubstr("in brackets like [::1]:80"));
}

TEST(Url, ARedisUrlMayHaveUserPasswordAndDatabase) {
  const Target full = parse_url("redis://ann:p%40ss%2f@h:7000/2/incr/KEY");
  EXPECT_EQ(full.login.user, "ann");
  EXPECT_EQ(full.login.password, "p@ss/");
  EXPECT_EQ(full.login.database, 2U);
  EXPECT_EQ(full.request, "incr/KEY");
  EXPECT_EQ(full.host, "h");
  EXPECT_EQ(full.shown, "redis://***@h:7000/2/incr/KEY");
  const Target nobody = parse_url("redis://@h/get/a@b");
  EXPECT_EQ(nobody.shown, "redis://@h/get/a@b");
  EXPECT_EQ(parse_url(nobody.shown).request, "get/a@b");

  const Target password = parse_url("redis://:a:b@h");
  EXPECT_EQ(password.login.user, "");
  EXPECT_EQ(password.login.password, "a:b");
  EXPECT_EQ(password.login.database, std::nullopt);
  EXPECT_EQ(parse_url("redis://:p@ss@h").login.password, "p@ss") << "the last @ is before the host";
  EXPECT_EQ(parse_url("redis://ann@h").login.user, "ann");
  EXPECT_FALSE(parse_url("redis://:@h").login.wanted());
  EXPECT_FALSE(parse_url("redis://@h").login.wanted());
}

TEST(Url, AFirstPartThatIsANumberIsTheDatabase) {
  EXPECT_EQ(parse_url("redis://h/0/ping").login.database, 0U);
  EXPECT_EQ(parse_url("redis://h/0/ping").request, "ping");
  EXPECT_EQ(parse_url("redis://h/15").request, "");
  EXPECT_EQ(parse_url("redis://h/15/").login.database, 15U);
  EXPECT_EQ(parse_url("redis://h/incr/15").login.database, std::nullopt);
  EXPECT_EQ(parse_url("redis://h/incr/15").request, "incr/15");
  EXPECT_THAT(complaint("redis://h/2147483648/ping"), HasSubstr("found database \"2147483648\", expected a number"));
  EXPECT_THAT(complaint("redis://h/ping?db=2"), HasSubstr("redis://host/DATABASE/incr/KEY"));
}

TEST(Url, AKeyIsDecoded) {
  EXPECT_EQ(parse_url("redis://h/incr/a%20b%3F").request, "incr/a b?");
  EXPECT_EQ(parse_url("redis://h/incr/{tag}%7b").request, "incr/{tag}{");
  EXPECT_THAT(complaint("redis://h/incr/{tag}%"), HasSubstr("found \"%\""));
  EXPECT_EQ(parse_url("redis://:%C3%BC@h/incr/%C3%BC").login.password, "\xc3\xbc");
  EXPECT_THAT(complaint("redis://h/incr/a%0d"), HasSubstr("control byte in the key"));
  EXPECT_THAT(complaint("redis://h/incr/%FF"), HasSubstr("no UTF-8"));
  EXPECT_THAT(complaint("redis://:%FF@h"), HasSubstr("no UTF-8"));
}

TEST(Url, NoMessageHasThePassword) {
  for (const char* url :
       {"redis://:se:cret@h:0/", "redis://u:secret@h:x/", "redis://:secret@[::1/", "redis://:secret@",
        "rediss://:secret@h/", "redis://:sec%ret@h/", "redis://:secret @h/", "redis://:secret@h/99999999999",
        "redis://u:secret/x@h/", "redis://:secret?x@h/", "redis://secret#x@h/ping", "redis://u:1/secret@h",
        "reddis://:secret@h", ":secret@h", "http://u:secret@h/", "tcp://u:secret@h:7"}) {
    const std::string said = complaint(url);
    EXPECT_THAT(said, testing::StartsWith("URL \"")) << url;
    EXPECT_THAT(said, testing::Not(testing::ContainsRegex("se:?c|ret"))) << url;
  }
  EXPECT_THAT(complaint("redis://u:secret/x@h/"), HasSubstr("expected these percent-encoded: %2F %3F %23"));
  EXPECT_THAT(complaint("redis://:sec%ret@h/"), HasSubstr("a % is %25"));
}

TEST(Url, AnAtInAPathIsNoSecret) {
  EXPECT_EQ(parse_url("http://h/@ann/").shown, "http://h/@ann/");
  EXPECT_EQ(parse_url("redis://h/incr/a@b").shown, "redis://h/incr/a@b");
  EXPECT_EQ(parse_url("redis://[::1]:7/incr/a@b").shown, "redis://[::1]:7/incr/a@b");
  EXPECT_EQ(parse_url("redis://h:7/1/incr/a@b").shown, "redis://h:7/1/incr/a@b");
  EXPECT_THAT(complaint("http://h:0/@ann/"), HasSubstr("http://h:0/@ann/"));
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
  EXPECT_THAT(complaint("http://user@h/"), HasSubstr("user names are not supported; expected -H 'Authorization: ...'"));
  EXPECT_THAT(complaint("http://h<b>/"), HasSubstr("found \"<\" in the host"));
  EXPECT_THAT(complaint("http://h%0d%0aX:%20y/"), HasSubstr("found \"%0d\" in the host"));
  EXPECT_THAT(complaint("http://h%00/"), HasSubstr("found \"%00\" in the host"));
  EXPECT_THAT(complaint("http://a%2fb/"), HasSubstr("found \"%2f\" in the host"));
  EXPECT_THAT(complaint("http://[fe80::1%25e%00]/"), HasSubstr("expected the name of a network interface"));
  EXPECT_THAT(complaint(std::string("http://[::\0001]/", 14)), HasSubstr("expected an IPv6 address"));
  EXPECT_EQ(parse_url("http://%41b/").host, "Ab");
  EXPECT_THAT(complaint("http://h b/"), HasSubstr("found a space"));
  EXPECT_THAT(complaint("tcp://[::1:7"), HasSubstr("bracket"));
  EXPECT_THAT(complaint("tcp://h:7/x"), HasSubstr("takes no path"));
}

}  // namespace
}  // namespace bakeoff::input
