#include "harness/doctor/read_programs.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace bakeoff::doctor {

namespace fs = std::filesystem;

std::vector<fs::path> program_folders(std::string_view path) {
  std::vector<fs::path> folders;
  const auto add = [&](const fs::path& folder) {
    if (folder.is_absolute() && std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  };
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    add(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  for (const char* folder : {"/usr/local/sbin", "/usr/sbin", "/sbin"}) add(folder);
  return folders;
}

fs::path find_program(const std::string& name, const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    const fs::path file = folder / name;
    std::error_code failed;
    if (fs::is_regular_file(file, failed) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

std::vector<ProgramFacts> find_programs(const std::vector<UsefulProgram>& needs, const std::vector<fs::path>& folders) {
  std::vector<ProgramFacts> found;
  for (const UsefulProgram& need : needs) found.push_back({need, find_program(need.program, folders)});
  return found;
}

}  // namespace bakeoff::doctor
