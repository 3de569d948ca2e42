#include "harness/subjects/find_needed.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <functional>

#include "harness/subjects/find_program.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/path_access.h"
#include "harness/subjects/version.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

/// "$JAVA_HOME/bin" with the value of the variable; "" where it is not set to an absolute path.
std::string with_variable(const std::string& folder) {
  if (!folder.starts_with('$')) return folder;
  const auto end = std::min(folder.find('/'), folder.size());
  const char* value = std::getenv(folder.substr(1, end - 1).c_str());
  return value != nullptr && *value == '/' ? value + folder.substr(end) : "";
}

/// The folders that a pattern stands for, those of newer versions first where names end in them.
std::vector<fs::path> folders_like(const std::string& pattern) {
  std::vector<fs::path> folders;
  glob_t matches{};
  if (::glob(pattern.c_str(), GLOB_ONLYDIR, nullptr, &matches) == 0) {
    folders.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  }
  ::globfree(&matches);
  std::ranges::sort(folders, [](const fs::path& one, const fs::path& other) {
    return is_at_least(version_in(one.string()), version_in(other.string())) &&
           !is_at_least(version_in(other.string()), version_in(one.string()));
  });
  return folders;
}

std::vector<fs::path> folders_for(const NeededProgram& need) {
  std::vector<fs::path> folders;
  for (const std::string& pattern : need.folders) {
    const std::string known = with_variable(pattern);
    if (known.empty()) continue;
    for (const fs::path& folder : folders_like(known)) folders.push_back(folder);
  }
  for (const fs::path& folder : folders_of_path(search_path())) folders.push_back(folder);
  return folders;
}

std::string wanted_in_words(const NeededProgram& need) {
  const std::string names =
      need.file_names.empty() ? need.program : fmt::format("{}", fmt::join(need.file_names, " or "));
  return need.least.empty() ? names : fmt::format("{} {} or later", names, need.least);
}

/// Why the user who will run it cannot; "" when it can be run.
std::string why_not_executed(const fs::path& candidate) {
  const std::string why = why_not_executable(candidate, foreign_identity(), "");
  return why.empty() ? "" : fmt::format("{}: {}", candidate.string(), why);
}

/// "" when the candidate will do; its version is noted then.
std::string why_too_old(NeededProgram& need, const fs::path& candidate) {
  std::vector<std::string> words{candidate.string()};
  words.insert(words.end(), need.version.begin(), need.version.end());
  const std::string said = version_in(first_line_of(words, kPatience));
  if (said.empty()) return candidate.string() + " does not say its version";
  if (!is_at_least(said, need.least)) return fmt::format("{} is {}", candidate.string(), said);
  need.found_version = said;
  return "";
}

void take_first(NeededProgram& need, const std::function<std::string(const fs::path&)>& why_not) {
  need.found.clear();
  need.passed_over.clear();
  for (const fs::path& candidate : candidates_for(need)) {
    const std::string why = why_not(candidate);
    if (why.empty()) {
      need.found = candidate;
      return;
    }
    need.passed_over.push_back(why);
  }
}

}  // namespace

std::vector<fs::path> candidates_for(const NeededProgram& need) {
  const std::vector<std::string> names = need.file_names.empty() ? std::vector{need.program} : need.file_names;
  std::vector<fs::path> candidates, files;
  for (const std::string& name : names) {
    for (const fs::path& folder : folders_for(need)) {
      const fs::path program = find_program(name, {folder});
      if (program.empty()) continue;
      // /bin is /usr/bin, and one JDK has several names.
      std::error_code unreadable;
      const fs::path file = fs::canonical(program, unreadable);
      if (unreadable || std::ranges::find(files, file) != files.end()) continue;
      files.push_back(file);
      candidates.push_back(program);
    }
  }
  return candidates;
}

void find_needed(NeededProgram& need) {
  take_first(need, [](const fs::path& candidate) { return why_not_executed(candidate); });
}

void find_needed_version(NeededProgram& need) {
  take_first(need, [&](const fs::path& candidate) {
    const std::string why = why_not_executed(candidate);
    return why.empty() && !need.least.empty() ? why_too_old(need, candidate) : why;
  });
}

std::string missing_in_words(const std::vector<NeededProgram>& needs) {
  std::string programs, packages, further;
  for (const NeededProgram& need : needs) {
    if (!need.found.empty()) continue;
    programs += (programs.empty() ? "" : ", ") + wanted_in_words(need);
    if (need.package.empty()) {
      if (further.find(need.how) == further.npos) further += "; " + need.how;
    } else if ((packages + " ").find(" " + need.package + " ") == packages.npos) {
      packages += " " + need.package;  // Among whole words: apache2 is in apache2-bin.
    }
    for (const std::string& one : need.passed_over) further += "; " + one;
  }
  if (programs.empty()) return "";
  const std::string install = packages.empty() ? further.substr(2) : "apt install" + packages + further;
  return fmt::format("{} ({})", programs, install);
}

std::string version_in(std::string_view text) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const auto* begin = std::ranges::find_if(text, digit);
  const auto* end = std::find_if_not(begin, text.end(), [&](char c) { return digit(c) || c == '.'; });
  std::string version(begin, end);
  while (version.ends_with('.')) version.pop_back();
  return version;
}

bool is_at_least(std::string_view found, std::string_view least) {
  const auto take = [](std::string_view& version) {
    std::uint64_t number = 0;
    const auto end = std::min(version.find('.'), version.size());
    std::from_chars(version.data(), version.data() + end, number);
    version.remove_prefix(std::min(end + 1, version.size()));
    return number;
  };
  while (!found.empty() || !least.empty()) {
    const std::uint64_t one = take(found), other = take(least);
    if (one != other) return one > other;
  }
  return true;
}

}  // namespace bakeoff::subjects
