// The files of GET /file/<k> on a disk: root/file/<k>, so that the root can be that of any web server. What stands in
// them: workloads/file_set.h.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "workloads/file_set.h"

namespace bakeoff::subjects {

/// Writes the set below `root`, which is made if need be, for everybody to read; all files have the same time of
/// change, so that the heads of their replies are alike. A folder that has the very same set already is left as it is.
/// Blocks for the disk. Throws std::runtime_error in one line, with sizes, before anything is written: for another set
/// there, or too little room. When it cannot go on (Interrupted, std::system_error), what it has written is gone.
void make_files(const std::filesystem::path& root, const workloads::FileSet& set);

/// Throws std::runtime_error in one line, with sizes, where the disk of `folder` has no room for all these sets.
void expect_room(const std::filesystem::path& folder, std::span<const workloads::FileSet> sets);

/// Whether `root` has files of some set.
bool has_files(const std::filesystem::path& root);

/// Reads every file, so that those that fit are in the page cache. Throws std::system_error, Interrupted.
void read_files(const std::filesystem::path& root);

/// Has the kernel forget what it keeps of every file. Returns why not, in words; "" when at most a hundredth of their
/// bytes is left. Throws std::system_error, Interrupted.
std::string drop_files(const std::filesystem::path& root);

}  // namespace bakeoff::subjects
