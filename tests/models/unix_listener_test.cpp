// Listening on a Unix socket: which paths are taken, and when the socket's file goes.
#include "models/unix_listener.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bakeoff::models {
namespace {

using testing::HasSubstr;

class UnixListener : public testing::Test {
 protected:
  UnixListener() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bakeoff-models-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~UnixListener() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "socket"; }
  std::string refusal() const {
    try {
      check_socket_path(path());
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  }
  Descriptor connect() const {
    Descriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strcpy(where.sun_path, path().c_str());
    EXPECT_EQ(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    return peer;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(UnixListener, AcceptsAndTellsWhetherSomebodyWaits) {
  const Listener listener = listen_on_path(path());
  EXPECT_EQ(listener.address, path());
  EXPECT_EQ(listener.port, 0);
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 0U);
  const Descriptor first = connect(), second = connect();
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 1U) << "one or more";
  EXPECT_EQ(accept_from(listener.socket.get(), 0).status, AcceptStatus::accepted);
  EXPECT_EQ(accept_from(listener.socket.get(), 0).status, AcceptStatus::accepted);
  EXPECT_EQ(accept_from(listener.socket.get(), 0).status, AcceptStatus::nothing);
  EXPECT_EQ(listen_queue_length(listener.socket.get()), 0U);
}

TEST_F(UnixListener, TakesAPathThatIsFreeOrStaleAndNoOther) {
  EXPECT_EQ(refusal(), "");
  {
    const Listener listener = listen_on_path(path());
    EXPECT_EQ(refusal(),
              "--unix-socket: found '" + path() + "', on which a server listens, expected a path that is free");
    EXPECT_THROW(listen_on_path(path()), std::invalid_argument);
  }
  EXPECT_EQ(refusal(), "") << "its server is gone";
  EXPECT_TRUE(listen_on_path(path()).socket);
  std::filesystem::remove(path());
  std::ofstream(path()) << "a text";
  EXPECT_THAT(refusal(), HasSubstr("which exists and is no socket"));
  EXPECT_THROW(check_socket_path(std::string(108, 'x')), std::invalid_argument);
  EXPECT_THROW(check_socket_path(""), std::invalid_argument);
}

TEST_F(UnixListener, ItsFileGoesWithItsMakerAndWithNoChildOfIt) {
  const Listener listener = listen_on_path(path());
  {
    const SocketFile file(listener);
    const pid_t child = ::fork();
    if (child == 0) {
      file.~SocketFile();
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(std::filesystem::exists(path()));
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixListener, AFileThatHasTakenThePlaceOfItsOwnStays) {
  const Listener listener = listen_on_path(path());
  {
    const SocketFile file(listener);
    // The first socket's inode stays in use under another name, so that the new one cannot have its number.
    std::filesystem::rename(path(), path() + ".old");
    std::ofstream(path()) << "a text";
  }
  EXPECT_TRUE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace bakeoff::models
