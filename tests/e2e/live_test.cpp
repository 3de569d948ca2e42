// The view of a running load, on a pseudo-terminal as a user sees it.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/e2e/serve_call.h"
#include "tests/e2e/terminal.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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
  PseudoTerminal terminal_;
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

TEST_F(LiveTest, TheScreenIsAsItWasFound) {
  subjects::Process load = start("1200ms");
  rest_of(load);
  ASSERT_TRUE(load.wait(std::chrono::seconds{20}));
  terminal_.read(1000);
  Screen screen(80);
  screen.write(terminal_.text);
  EXPECT_EQ(screen.broken_lines(), 0U);
  EXPECT_EQ(screen.text(), "");
}

}  // namespace
}  // namespace bakeoff::e2e
