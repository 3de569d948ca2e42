// bakeoff: the table of contents, and the only catch.
#include <fmt/format.h>

#include <exception>

#include "harness/commands/cli.h"
#include "harness/commands/commands.h"
#include "harness/commands/streams.h"
#include "harness/experiment/spec.h"
#include "harness/load/coordinator.h"

namespace bakeoff {
namespace {

int status_of(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const UsageError& error) {
    fmt::print(stderr, "bakeoff: {}\n", error.what());
    return kBadUsage;
  } catch (const SpecError& error) {
    fmt::print(stderr, "bakeoff: {}\n", error.what());
    return kBadUsage;
  } catch (const Interrupted&) {
    fmt::print(stderr, "bakeoff: interrupted\n");
    return kInterrupted;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bakeoff: {}\n", error.what());
    return kFailed;
  }
}

}  // namespace
}  // namespace bakeoff

int main(int argc, char** argv) {
  if (!bakeoff::open_streams()) return bakeoff::kFailed;
  return bakeoff::close_streams(bakeoff::status_of(argc, argv));
}
