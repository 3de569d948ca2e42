// The view of a running load, on a pseudo-terminal as a user sees it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A terminal of 80 columns whose other side is read here.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) throw std::runtime_error("no terminal");
    path_ = ::ptsname(master_);
    slave_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // Kept, so that reading never ends.
    const winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(slave_, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    ::close(slave_);
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  const std::string& path() const { return path_; }

  /// Takes what has been written, waiting for the first of it.
  void read(int timeout_ms) {
    pollfd ready{.fd = master_, .events = POLLIN, .revents = 0};
    while (::poll(&ready, 1, timeout_ms) > 0) {
      char part[4096];
      const ssize_t got = ::read(master_, part, sizeof part);
      if (got <= 0) return;
      text += std::string(part, static_cast<std::size_t>(got));
      timeout_ms = 0;
    }
  }
  std::string text;

 private:
  int master_, slave_ = -1;
  std::string path_;
};

/// `bakeoff load` of a server of its own, with stderr on a terminal.
class LiveTest : public testing::Test {
 protected:
  LiveTest() {
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
  }

  subjects::Process start(const std::string& duration) {
    subjects::Command command;
    command.argv = {bakeoff_program().string(), "load", url_, "-c", "2", "-d", duration, "--warmup", "100ms"};
    command.error_file = terminal_.path();
    return subjects::Process::start(command);
  }
  static std::string rest_of(subjects::Process& process) {
    std::string output;
    while (const auto line = process.read_line(std::chrono::seconds{20})) output += *line + "\n";
    return output;
  }

  const ServeCall server_{{"serve", "event-loop", "echo"}};
  const std::string url_ = "tcp://127.0.0.1:" + server_.port;
  Terminal terminal_;
};

TEST_F(LiveTest, IsDrawnInPlaceAndGoneWhenTheResultComes) {
  subjects::Process load = start("1200ms");
  const std::string output = rest_of(load);
  ASSERT_TRUE(load.wait(std::chrono::seconds{20}));
  terminal_.read(1000);
  EXPECT_THAT(terminal_.text, AllOf(HasSubstr("warming up for 100 ms"), HasSubstr("req/s now"), HasSubstr("last 1 s")));
  EXPECT_THAT(terminal_.text, HasSubstr("\x1b[7A"));  // Back to the first of its lines.
  EXPECT_TRUE(terminal_.text.ends_with("\r\x1b[7A\x1b[J")) << terminal_.text;
  EXPECT_THAT(output, AllOf(HasSubstr("throughput"), Not(HasSubstr("\x1b"))));
}

TEST_F(LiveTest, AnInterruptLeavesTheScreenCleanToo) {
  subjects::Process load = start("1h");
  for (int i = 0; i < 100 && terminal_.text.find("req/s now") == std::string::npos; ++i) terminal_.read(200);
  ASSERT_THAT(terminal_.text, HasSubstr("req/s now"));
  ::kill(load.pid(), SIGINT);
  const std::string output = rest_of(load);
  ASSERT_TRUE(load.wait(std::chrono::seconds{20}));
  terminal_.read(1000);
  EXPECT_TRUE(terminal_.text.ends_with("\x1b[J")) << terminal_.text;
  EXPECT_THAT(output, HasSubstr("throughput"));
}

TEST_F(LiveTest, ATerminalThatCannotMoveItsCursorGetsNothing) {
  ::setenv("TERM", "dumb", 1);
  subjects::Process load = start("300ms");
  rest_of(load);
  ASSERT_TRUE(load.wait(std::chrono::seconds{20}));
  terminal_.read(100);
  EXPECT_EQ(terminal_.text, "");
}

}  // namespace
}  // namespace bakeoff::e2e
