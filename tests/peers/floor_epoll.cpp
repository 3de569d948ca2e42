// The floor of loop models: one thread, one epoll, no session, no parser, no checks. It knows the one request that it
// is sent (INCR counter) by its length alone, and answers with the next number. What a loop model costs above
// this is the protocol, and the model.
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>

#include "tests/peers/floor.h"

namespace {

char scratch[64 * 1024];
char replies[64 * 1024];
long long counter = 0;

/// False when the peer has gone. `rest` holds the bytes of the last request that have come so far.
bool serve(int fd, std::size_t& rest) {
  const ssize_t got = ::recv(fd, scratch, sizeof scratch, 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  rest += static_cast<std::size_t>(got);
  char* end = replies;
  for (; rest >= floors::kRequest; rest -= floors::kRequest) {
    end = floors::answer(end, ++counter);
  }
  return end == replies || ::send(fd, replies, static_cast<std::size_t>(end - replies), MSG_NOSIGNAL) > 0;
}

}  // namespace

int main(int argc, char** argv) {
  floors::serve_with_epoll(floors::listen_on_argument(argc, argv, SOCK_NONBLOCK), std::size_t{0}, serve);
}
