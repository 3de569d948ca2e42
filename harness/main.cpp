// bakeoff: the table of contents, and the only catch.
#include <fmt/format.h>

#include <exception>

#include "harness/commands/cli.h"
#include "harness/commands/commands.h"
#include "harness/commands/streams.h"
#include "harness/input/input_error.h"
#include "harness/subjects/interruption.h"

namespace bakeoff {
namespace {

int status_of(int argc, char** argv) {
  try {
    return commands::run_command_line(argc, argv);
  } catch (const input::InputError& error) {
    fmt::print(stderr, "bakeoff: {}\n", error.what());
    return commands::kBadUsage;
  } catch (const subjects::Interrupted&) {
    fmt::print(stderr, "bakeoff: interrupted\n");
    return commands::kInterrupted;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bakeoff: {}\n", error.what());
    return commands::kFailed;
  }
}

}  // namespace
}  // namespace bakeoff

int main(int argc, char** argv) {
  if (!bakeoff::commands::open_streams()) return bakeoff::commands::kFailed;
  return bakeoff::commands::close_streams(bakeoff::status_of(argc, argv));
}
