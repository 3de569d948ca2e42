#include "harness/doctor/read_programs.h"

#include "harness/subjects/find_program.h"

namespace bakeoff::doctor {

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs,
                                        const std::vector<std::filesystem::path>& folders) {
  std::vector<ProgramFacts> found;
  for (const UsefulProgram& need : needs) found.push_back({need, subjects::find_program(need.program, folders)});
  return found;
}

}  // namespace bakeoff::doctor
