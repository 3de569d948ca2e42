#include "harness/subjects/find_program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

bool is_executable(const fs::path& file) {
  std::error_code unreadable;  // A folder that this user may not look into has nothing for them.
  return fs::is_regular_file(file, unreadable) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::string search_path() {
  const char* path = std::getenv("PATH");
  return std::string(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin";
}

std::vector<fs::path> folders_of_path(std::string_view path) {
  std::vector<fs::path> folders;
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    if (end != 0) {
      const fs::path folder = fs::absolute(path.substr(0, end));
      if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return folders;
}

fs::path find_program(const std::string& name, const std::vector<fs::path>& folders) {
  if (name.find('/') != name.npos) return is_executable(name) ? fs::absolute(name) : "";
  for (const fs::path& folder : folders) {
    if (fs::path file = folder / name; is_executable(file)) return file;
  }
  return {};
}

fs::path find_program(const std::string& name) {
  return find_program(name, folders_of_path(search_path()));
}

}  // namespace bakeoff::subjects
