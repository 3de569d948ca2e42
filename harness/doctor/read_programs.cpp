#include "harness/doctor/read_programs.h"

#include "harness/subjects/find_needed.h"
#include "harness/subjects/find_program.h"

namespace bakeoff::doctor {

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs,
                                        const std::vector<std::filesystem::path>& folders) {
  std::vector<ProgramFacts> found;
  for (const UsefulProgram& need : needs) {
    ProgramFacts& one = found.emplace_back(ProgramFacts{need, {}});
    if (need.file_names.empty() && need.folders.empty() && need.least.empty()) {
      one.path = subjects::find_program(need.program, folders);
    } else {
      subjects::find_needed_version(one.need);
      one.path = one.need.found;
    }
  }
  return found;
}

}  // namespace bakeoff::doctor
