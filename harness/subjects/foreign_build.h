// Programs that a manifest builds: made once, from the files that it names, and kept in the user's cache under a hash
// of those files, the commands and the toolchain. Root's cache is /var/cache/bakeoff, so that nobody, as whom the
// programs run, can reach it.
//
// A build runs like a foreign server (foreign_program.h): in a folder of its own, as nobody where bakeoff runs as root,
// with a short environment. It may use the network, because package clients do; the variables that tell them about
// proxies and certificates are passed on.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// Where builds are kept: $XDG_CACHE_HOME/bakeoff, ~/.cache/bakeoff, or root's. "" where there is no such place.
std::filesystem::path build_cache();

/// Asks the programs that a foreign subject needs for their versions, where not every one will do, and sets
/// Subject::missing. Does nothing for a model.
void look_for_programs(Subject& subject);

/// Makes a foreign subject ready to be started: asks its programs for their versions, builds what has to be built, and
/// sets the subject's program. What fails becomes Subject::missing. `tell` is called before a build begins, and with
/// what was built when it has ended. Does nothing for a model. Blocks as long as the build takes, at most its limit;
/// another bakeoff that builds the same is waited for. Throws Interrupted.
void prepare_subject(Subject& subject, const std::function<void(const std::string&)>& tell);

/// The same of all subjects of these names. Subjects of one recipe share its build.
void prepare_subjects(Inventory& inventory, const std::vector<std::string>& names,
                      const std::function<void(const std::string&)>& tell);

}  // namespace bakeoff::subjects
