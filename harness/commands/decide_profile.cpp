#include "harness/commands/decide_profile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "harness/commands/check_names.h"
#include "harness/commands/decide_folder.h"
#include "harness/commands/decide_questions.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/groups.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped_names() {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(subjects::profiles_directory(), missing)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<decide::ProfileWord> read_words(const fs::path& file) {
  const auto text = measure::read_text(file);
  if (!text) {
    throw UsageError(fmt::format("found no file \"{}\" that can be read, expected one", file.string()));
  }
  return decide::words_of_toml(*text, file.filename().string());
}

/// The file that a word stands for: a shipped profile, a decision's folder, or a file.
fs::path find_profile(const std::string& word) {
  const std::vector<std::string> names = shipped_names();
  if (const input::ResolvedName shipped = input::resolve_name(word, names, tell_user); !shipped.fault) {
    input::tell_substitution(tell_user, "", word, shipped.name);
    return subjects::profiles_directory() / (shipped.name + ".toml");
  }
  std::error_code error;
  if (fs::is_directory(word, error)) return fs::path(word) / kProfileFile;
  if (fs::exists(word, error)) return word;
  throw UsageError(fmt::format("found profile \"{}\", expected one of {}, a .toml file or the folder of a decision{}",
                               word, input::join_names(names), input::did_you_mean(word, names)));
}

}  // namespace

std::vector<subjects::NamedSummary> shipped_profiles() {
  std::vector<subjects::NamedSummary> found;
  for (const std::string& name : shipped_names()) {
    const fs::path file = subjects::profiles_directory() / (name + ".toml");
    found.push_back({name, decide::read_profile(read_words(file)).question});
  }
  return found;
}

std::optional<decide::Profile> chosen_profile(const DecideOptions& options) {
  std::vector<decide::ProfileWord> words;
  if (!options.profile.empty()) words = read_words(find_profile(options.profile));
  for (const auto& [key, text] : options.given) words.push_back({key, text, decide::option_of_key(key)});
  if (!words.empty()) return decide::read_profile(words);
  if (::isatty(STDIN_FILENO) == 0) {
    throw UsageError(
        fmt::format("decide: found no profile, expected --mix, a .toml file, one of {}, or a terminal on "
                    "which to ask for it",
                    input::join_names(shipped_names())));
  }
  const auto answers = ask_profile();
  if (!answers) return std::nullopt;
  return decide::read_profile(*answers);
}

std::vector<std::string> candidate_names(const decide::Profile& profile, const subjects::Inventory& inventory) {
  const std::vector<std::string>& words = profile.candidates.empty() ? decide::kUsualCandidates : profile.candidates;
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!input::contains(names, name)) names.push_back(name);
  };
  for (const std::string& word : words) {
    if (!subjects::is_group(word)) {
      add(check_subject(inventory, word).name);
      continue;
    }
    const std::vector<std::string> groups = subjects::group_names(inventory);
    if (!input::contains(groups, word)) {
      throw UsageError(fmt::format("--candidates: found the group \"{}\", expected one of {}{}", word,
                                   input::join_names(groups), input::did_you_mean(word, groups)));
    }
    for (const std::string& member : subjects::members_of_group(word, inventory)) add(member);
  }
  return names;
}

}  // namespace bakeoff::commands
