// A bakeoff-subject that is a script: it passes `describe` on to the real one, and serves as told.
#pragma once

#include <filesystem>
#include <string>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {

/// Writes it into `folder`. `serve` is shell text, run when the script is asked for anything but `describe`; "$@" are
/// its arguments.
inline void write_fake_subject(const std::filesystem::path& folder, const std::string& serve) {
  std::filesystem::create_directories(folder);
  const std::string script = folder / "bakeoff-subject";
  test::write_text(script,
                   "#!/bin/sh\n[ \"$1\" = describe ] && exec " BAKEOFF_BIN_DIR "/bakeoff-subject describe\n" + serve);
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
}

}  // namespace bakeoff::e2e
