#include "tests/conformance/scripted_back_end.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "tests/conformance/connection.h"

namespace bakeoff::conformance {
namespace {

/// A socket that is bound to the port beside others of ours; 0: to a free one.
int bound_to(std::uint16_t& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (socket < 0 || ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "a port for the back end of a test");
  }
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

ScriptedBackEnd::ScriptedBackEnd() : reserved_(bound_to(port_)) {
  come_back();
}

ScriptedBackEnd::~ScriptedBackEnd() {
  go_away();
  ::close(reserved_);
}

void ScriptedBackEnd::come_back() {
  listener_ = bound_to(port_);
  if (::listen(listener_, SOMAXCONN) != 0) throw std::system_error(errno, std::generic_category(), "listen");
  acceptor_ = std::thread([this, listener = listener_] { accept_all(listener); });
}

void ScriptedBackEnd::go_away() {
  if (listener_ < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(std::exchange(listener_, -1));
  std::vector<std::thread> ending;
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    ending.swap(threads_);
  }
  for (std::thread& thread : ending) thread.join();
}

bool ScriptedBackEnd::await_questions(std::size_t questions) {
  std::unique_lock lock(mutex_);
  return asked_.wait_for(lock, kPatience, [&] { return questions_ >= questions; });
}

std::size_t ScriptedBackEnd::most_connections() {
  const std::lock_guard lock(mutex_);
  return most_;
}

void ScriptedBackEnd::accept_all(int listener) {
  for (;;) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && errno != EINTR && errno != ECONNABORTED) return;
    if (socket < 0) continue;
    const std::lock_guard lock(mutex_);
    open_.push_back(socket);
    most_ = std::max(most_, open_.size());
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void ScriptedBackEnd::serve(int socket) {
  std::string requests;
  std::array<char, 4096> chunk;
  for (bool more = true; more;) {
    const ssize_t received = ::recv(socket, chunk.data(), chunk.size(), 0);
    if (received <= 0) break;
    requests.append(chunk.data(), static_cast<std::size_t>(received));
    if (!requests.ends_with("\r\n\r\n")) continue;  // One question at a time.
    {
      const std::lock_guard lock(mutex_);
      ++questions_;
      asked_.notify_all();
    }
    const std::size_t begin = requests.find("/id/") + 4;
    more = answer(socket, requests.substr(begin, requests.find(' ', begin) - begin));
    requests.clear();
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, socket);
  ::close(socket);
}

/// False when the connection is to end.
bool ScriptedBackEnd::answer(int socket, const std::string& item) const {
  std::string reply;
  switch (answer_.load()) {
    case Answer::right:
      reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(item.size()) + "\r\n\r\n" + item;
      break;
    case Answer::silent:
      return true;
    case Answer::closing:
      return false;
    case Answer::nonsense:
      reply = "nonsense\r\n\r\n";
      break;
    case Answer::no_value:
      reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
      break;
  }
  return ::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(reply.size());
}

}  // namespace bakeoff::conformance
