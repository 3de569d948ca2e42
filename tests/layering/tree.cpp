#include "tests/layering/tree.h"

#include <filesystem>
#include <stdexcept>

#include "tests/text_file.h"

namespace bakeoff::layering {

std::vector<SourceFile> source_tree() {
  constexpr std::size_t kLeast = 50;
  const std::filesystem::path root = BAKEOFF_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const char* folder : {"workloads", "models", "harness", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      files.push_back({std::filesystem::relative(entry.path(), root).string(), test::contents_of(entry.path())});
    }
  }
  if (files.size() < kLeast) throw std::runtime_error("the sources are not at " + root.string());
  return files;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

}  // namespace bakeoff::layering
