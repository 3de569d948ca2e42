// Unix sockets by their paths: which can be had, which is removed, and whose processes listen on one.
#include "harness/measure/unix_socket.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "harness/measure/listeners.h"
#include "harness/measure/local_address.h"
#include "harness/measure/local_server.h"
#include "tests/harness/fixtures/listening_unix_socket.h"
#include "tests/text_file.h"

namespace bakeoff::measure {
namespace {

using testing::ElementsAre;
using testing::Pair;

sockaddr_storage storage_of(const std::string& path) {
  const sockaddr_un address = unix_address(path);
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return storage;
}

TEST(UnixAddress, OfAPathThatNoSocketCanHaveIsRefused) {
  EXPECT_STREQ(unix_address(std::string(kLongestSocketPath, 'x')).sun_path, std::string(107, 'x').c_str());
  EXPECT_THROW(unix_address(std::string(kLongestSocketPath + 1, 'x')), std::invalid_argument);
  EXPECT_THROW(unix_address(""), std::invalid_argument);
}

TEST(StaleSocket, IsRemovedAndNothingElseIs) {
  test::ListeningUnixSocket socket;
  remove_stale_socket(socket.path());
  EXPECT_TRUE(is_socket(socket.path())) << "somebody listens on it";
  socket.close();
  remove_stale_socket(socket.path());
  EXPECT_FALSE(std::filesystem::exists(socket.path()));
  test::write_text(socket.path(), "a text");
  remove_stale_socket(socket.path());
  EXPECT_EQ(test::contents_of(socket.path()), "a text");
}

TEST(StaleSocket, IsNotOneWhoseAcceptQueueIsFull) {
  const test::ListeningUnixSocket socket(0);
  const int first = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_storage address = storage_of(socket.path());
  ASSERT_EQ(::connect(first, reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_un)), 0);
  remove_stale_socket(socket.path());
  EXPECT_TRUE(is_socket(socket.path()));
  ::close(first);
}

TEST(ListeningUnixSockets, AreThoseWithTheFlagOfAListenerByTheirInodes) {
  const std::string text =
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/a server.sock\n"
      "0000000000000000: 00000003 00000000 00000000 0001 03 4712 /run/a server.sock\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 4713 @abstract\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 4714\n"
      "nonsense\n\n0: 1 2 00010000 4 5 none /x\n";
  EXPECT_THAT(listening_unix_sockets(text), ElementsAre(Pair(4711, "/run/a server.sock"), Pair(4713, "@abstract")));
}

TEST(LocalServer, OfAUnixSocketIsWhoListensOnItByWhateverPath) {
  const test::ListeningUnixSocket socket;
  const auto is_this = [](const std::string& path) {
    const LocalServer server = LocalServer::find(storage_of(path));
    return server.found() && server.processes().front() == ::getpid();
  };
  EXPECT_TRUE(is_this(socket.path()));
  const std::filesystem::path link = std::filesystem::path(socket.path()).parent_path() / "link";
  std::filesystem::create_symlink(socket.path(), link);
  EXPECT_TRUE(is_this(link));
  EXPECT_FALSE(is_this(socket.path() + "x"));
}

TEST(LocalAddress, AUnixSocketIsHere) {
  const sockaddr_un address = unix_address("/no/such/socket");
  EXPECT_TRUE(is_local_address(reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

}  // namespace
}  // namespace bakeoff::measure
