// Listening on a Unix socket: for the same bytes the kernel does less than for TCP over loopback.
#pragma once

#include <sys/types.h>

#include <string>

#include "models/net.h"

namespace bakeoff::models {

/// Throws std::invalid_argument, in one line, where no socket can be made at the path: it is "" or too long, somebody
/// listens there, or something else is there. A socket on which nobody listens any more is no hindrance.
void check_socket_path(const std::string& path);

/// The same, and then binds and listens, with the backlog of listen_on(). Listener::address is the path. Throws
/// std::system_error too.
Listener listen_on_path(const std::string& path);

/// Removes the file of a listener's socket at its end, in the process that made this and no other, unless another file
/// has taken its place. Does nothing for a listener with a port.
class SocketFile {
 public:
  explicit SocketFile(const Listener& listener);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile();

 private:
  std::string path_;  ///< "" for none.
  pid_t maker_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace bakeoff::models
