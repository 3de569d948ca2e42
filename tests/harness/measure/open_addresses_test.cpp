// Where a server listens that others than this machine may reach.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "harness/measure/listeners.h"

namespace bakeoff::measure {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

std::string line(const std::string& address, const std::string& state, const std::string& inode) {
  return "   0: " + address + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000 0 0 " + inode +
         " 1 0000000000000000 100 0 0 10 0\n";
}

TEST(OpenAddresses, AreThoseOfListenersThatAreNotLoopback) {
  const std::string none = "00000000000000000000000000000000";
  EXPECT_THAT(open_addresses(line("00000000:1F90", "0A", "7") + line("0100007F:1F91", "0A", "8") +
                             line("0200A8C0:0050", "0A", "9") + line("00000000:1F92", "01", "10")),
              ElementsAre(Pair(7U, "0.0.0.0:8080"), Pair(9U, "192.168.0.2:80")));
  EXPECT_THAT(
      open_addresses(line(none + ":1F90", "0A", "7") + line("00000000000000000000000001000000:1F91", "0A", "8") +
                     line("0000000000000000FFFF00000100007F:1F92", "0A", "9")),
      ElementsAre(Pair(7U, "[::]:8080")));
  EXPECT_THAT(open_addresses(line("0000:1F90", "0A", "7") + line("zzzzzzzz:1F90", "0A", "8") + "  sl  local_address\n"),
              IsEmpty());
}

/// A socket that listens on a port of its own.
class Listening {
 public:
  explicit Listening(std::uint32_t host) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(descriptor_, 1), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    port_ = ntohs(address.sin_port);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() { ::close(descriptor_); }
  std::string port() const { return std::to_string(port_); }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

TEST(OpenAddresses, AreThoseOfTheProcessesThatAreAskedFor) {
  const Listening open(INADDR_ANY), closed(INADDR_LOOPBACK);
  const auto own = open_addresses(std::vector<pid_t>{::getpid()});
  EXPECT_THAT(own, Contains("0.0.0.0:" + open.port()));
  EXPECT_THAT(own, Not(Contains("127.0.0.1:" + closed.port())));
  EXPECT_THAT(open_addresses(std::vector<pid_t>{}), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::measure
