// Calls of bakeoff that go on until they are told to end, `bakeoff serve` before all.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {

/// Ended on every path of a test, by an interrupt: killed at once it could not reap its own children, which would then
/// be the test's.
class BackgroundCall : public Call {
 public:
  using Call::Call;
  BackgroundCall(const BackgroundCall&) = delete;
  ~BackgroundCall() {
    if (process().running()) process().stop(SIGINT, std::chrono::seconds{30});
  }
};

/// `bakeoff serve`, with what it says first and the port of 127.0.0.1 in that; both are "" when it ended instead or
/// said nothing for half a minute.
struct ServeCall {
  explicit ServeCall(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix = {})
      : call(bakeoff_program(), arguments, prefix) {
    said = call.process().read_line(std::chrono::seconds{30}).value_or("");
    const auto at = said.find("127.0.0.1:");
    if (at != std::string::npos) port = std::to_string(std::stoi(said.substr(at + 10)));
  }
  /// The URL of a server that serves http.
  std::string url() const { return "http://127.0.0.1:" + port + "/"; }

  BackgroundCall call;
  std::string said, port;
};

}  // namespace bakeoff::e2e
