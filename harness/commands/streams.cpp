#include "harness/commands/streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <system_error>

#include "harness/commands/commands.h"

namespace bakeoff::commands {
namespace {

struct Stream {
  int descriptor;
  int error = 0;  ///< The first one.
};
Stream out{STDOUT_FILENO}, errors{STDERR_FILENO};

bool open_missing() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // What is printed to a stdout that was closed is reported as lost. Messages on a stderr that was closed are not
    // missed.
    const int mode = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::open("/dev/null", mode) != descriptor) return false;
  }
  return true;
}

/// The write function of a FILE. It takes everything as written, so that code that prints need not check.
ssize_t write_all(void* cookie, const char* text, std::size_t size) {
  Stream& stream = *static_cast<Stream*>(cookie);
  for (std::size_t done = 0; done < size && stream.error == 0;) {
    const ssize_t wrote = ::write(stream.descriptor, text + done, size - done);
    if (wrote >= 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (errno == EAGAIN) {  // Another program that shares it has made it non-blocking.
      pollfd wanted{stream.descriptor, POLLOUT, 0};
      ::poll(&wanted, 1, -1);
    } else if (errno != EINTR) {
      stream.error = errno;
    }
  }
  return static_cast<ssize_t>(size);
}

std::FILE* file_of(Stream& stream) {
  return ::fopencookie(&stream, "w", {.read = nullptr, .write = write_all, .seek = nullptr, .close = nullptr});
}

bool is_lost(const Stream& stream) {
  return stream.error != 0 && stream.error != EPIPE;
}

}  // namespace

bool open_streams() {
  if (!open_missing()) return false;
  std::signal(SIGPIPE, SIG_IGN);
  std::FILE* const standard_output = file_of(out);
  std::FILE* const standard_error = file_of(errors);
  if (standard_output == nullptr || standard_error == nullptr) return false;
  std::setvbuf(standard_output, nullptr, ::isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF, BUFSIZ);
  std::setvbuf(standard_error, nullptr, _IONBF, 0);
  // In glibc, stdout and stderr are variables for this purpose.
  stdout = standard_output;
  stderr = standard_error;
  return true;
}

int close_streams(int status) {
  std::fflush(stdout);
  if (is_lost(out)) {
    fmt::print(stderr, "bakeoff: cannot write to stdout: {}\n", std::generic_category().message(out.error));
  }
  return is_lost(out) || is_lost(errors) ? kFailed : status;
}

}  // namespace bakeoff::commands
