// Where programs are: the folders of $PATH, and behind them those of administrators' programs, which a user's PATH
// often lacks and where servers are installed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::subjects {

/// The folders in which programs are looked for, in the form of $PATH.
std::string search_path();

/// The folders of `path`, which has the form of $PATH; absolute, each once. Empty entries are left out.
std::vector<std::filesystem::path> folders_of_path(std::string_view path);

/// The first executable file of that name in the folders, as an absolute path; "" when there is none. A name with a
/// slash is a path itself and is looked for there only.
std::filesystem::path find_program(const std::string& name, const std::vector<std::filesystem::path>& folders);
/// The same in the folders of search_path().
std::filesystem::path find_program(const std::string& name);

}  // namespace bakeoff::subjects
