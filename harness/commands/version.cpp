// bakeoff version: what was built, from what, and how.
#include "harness/version.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/subjects/builtin.h"

namespace bakeoff::commands {

int version_command() {
  const subjects::SubjectBuild build = subjects::describe_subject_program().build;
  fmt::print("bakeoff {} ({}{})\n", kVersion, kCommit, kDirty ? ", with changes" : "");
  fmt::print("built with {} {} [{}], Boost {}{}\n", build.compiler, build.flags, build.build_type, build.boost,
             build.sanitizer.empty() ? "" : ", sanitizers " + build.sanitizer);
  return kDone;
}

}  // namespace bakeoff::commands
