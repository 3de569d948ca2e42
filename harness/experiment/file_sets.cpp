#include "harness/experiment/file_sets.h"

#include <fmt/format.h>

#include <functional>
#include <vector>

#include "harness/subjects/file_folder.h"
#include "workloads/file_set.h"

namespace bakeoff::experiment {
namespace {

std::string name_of(const journal::FilesFacts& files) {
  return fmt::format("{} {}", files.count, files.bytes);
}

}  // namespace

FileSets::FileSets(std::span<const TableSpec> tables, const std::function<void(const std::string&)>& tell) {
  std::vector<workloads::FileSet> sets;
  for (const TableSpec& table : tables) {
    if (!table.files || roots_.contains(name_of(*table.files))) continue;
    if (!folder_) {
      folder_.emplace();
      std::filesystem::permissions(folder_->path(), std::filesystem::perms(0711));  // The servers' user may pass.
    }
    roots_.emplace(name_of(*table.files), folder_->path() / std::to_string(sets.size()));
    sets.push_back({.count = table.files->count, .bytes = table.files->bytes});
  }
  if (sets.empty()) return;
  subjects::expect_room(folder_->path(), sets);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const workloads::FileSet& set = sets[i];
    constexpr double kMib = 1024.0 * 1024;
    tell(fmt::format("making {} file{} ({}), {:.1f} MiB", set.count, set.count == 1 ? "" : "s", set.bytes,
                     static_cast<double>(workloads::FileSizes(set).total()) / kMib));
    subjects::make_files(folder_->path() / std::to_string(i), set);
  }
}

std::filesystem::path FileSets::root_of(const journal::FilesFacts& files) const {
  return roots_.at(name_of(files));
}

}  // namespace bakeoff::experiment
