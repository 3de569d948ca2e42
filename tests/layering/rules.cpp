#include "tests/layering/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <regex>
#include <span>
#include <sstream>
#include <utility>

namespace bakeoff::layering {
namespace {

/// The rooms of harness/. Each may know itself and those of a lower floor.
struct Room {
  std::string_view name;
  int floor;
};
constexpr std::array kRooms{Room{"measure", 0},  Room{"stats", 0},    Room{"input", 1},  Room{"journal", 2},
                            Room{"subjects", 3}, Room{"validity", 3}, Room{"load", 4},   Room{"experiment", 5},
                            Room{"report", 6},   Room{"claims", 7},   Room{"decide", 7}, Room{"learn", 7},
                            Room{"conform", 7},  Room{"selftest", 8}, Room{"doctor", 8}, Room{"commands", 9}};

constexpr std::size_t kLongestFile = 400;
constexpr std::size_t kLongestModel = 150;

/// The files at the top of models/ that are not models.
constexpr std::array<std::string_view, 4> kNoModels = {"models/catalogue.cpp", "models/limits.cpp", "models/net.cpp",
                                                       "models/subject_main.cpp"};

struct Include {
  std::string target;
  bool quoted = false;
  std::size_t line = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<Include> includes_of(const std::vector<std::string>& lines) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  std::vector<Include> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (std::smatch match; std::regex_match(lines[i], match, pattern)) {
      found.push_back({match[2], match[1] == "\"", i + 1});
    }
  }
  return found;
}

bool starts_with_any(std::string_view text, std::span<const std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](auto each) { return text.starts_with(each); });
}

/// <vector>, but neither <poll.h> nor <sys/socket.h>.
bool is_standard(const Include& include) {
  return !include.quoted && include.target.find_first_of("./") == std::string::npos;
}

/// Headers of the C library and the kernel.
bool is_system(const Include& include) {
  static constexpr std::array<std::string_view, 7> folders = {"sys/", "netinet/", "arpa/",     "linux/",
                                                              "net/", "asm/",     "sanitizer/"};
  return !include.quoted && include.target.ends_with(".h") &&
         (include.target.find('/') == std::string::npos || starts_with_any(include.target, folders));
}

/// The room of a path below harness/; "" for a file at the top, or elsewhere.
std::string_view room_of(std::string_view path) {
  constexpr std::string_view kHarness = "harness/";
  if (!path.starts_with(kHarness)) return "";
  path.remove_prefix(kHarness.size());
  return path.substr(0, path.find('/') == path.npos ? 0 : path.find('/'));
}

/// Why a file of the harness may not include one of another room.
std::string room_objection(std::string_view file, std::string_view target) {
  const std::string_view from = room_of(file), to = room_of(target);
  if (from.empty() || to.empty() || from == to) return "";  // main.cpp knows all, version.h is known to all.
  const auto above = std::ranges::find(kRooms, from, &Room::name), below = std::ranges::find(kRooms, to, &Room::name);
  for (const auto& [room, found] : {std::pair(from, above), std::pair(to, below)}) {
    if (found == kRooms.end()) return std::string(room) + " is not in the order of the harness's rooms";
  }
  if (below->floor < above->floor) return "";
  return std::string(from) + " stands below " + std::string(to) + ", or beside it";
}

/// Why `file` may not include this; "" when it may.
std::string objection(std::string_view file, const Include& include) {
  const std::string_view target = include.target;
  const auto ours = [&](std::initializer_list<std::string_view> folders) {
    return include.quoted && starts_with_any(target, {folders.begin(), folders.size()});
  };
  const bool boost = !include.quoted && target.starts_with("boost/");

  if (file.starts_with("workloads/")) {
    static constexpr std::array<std::string_view, 5> doers = {"thread", "future", "stop_token", "condition_variable",
                                                              "semaphore"};
    // What processes share lies in a mapping and is guarded by robust mutexes; the standard library has neither.
    const bool store = (file.starts_with("workloads/store/") && (target == "pthread.h" || target == "sys/mman.h")) ||
                       (file.starts_with("workloads/shared_memory.") && target == "sys/mman.h");
    // How well somebody writes a hash is not what is compared.
    const bool hash = file == "workloads/jobs/sha256.cpp" && target == "openssl/evp.h";
    if (is_standard(include) && std::find(doers.begin(), doers.end(), target) != doers.end()) {
      return "workloads start and wait for no thread";
    }
    if (!ours({"workloads/"}) && !is_standard(include) && !boost && !store && !hash) {
      return "workloads know the standard library, Boost headers and each other";
    }
    if (target.starts_with("boost/asio") || target.starts_with("boost/fiber") || target.starts_with("boost/process")) {
      return "workloads hold no socket, thread or process";
    }
  }
  if (file.starts_with("models/")) {
    // bakeoff-subject speaks JSON to the harness; the models themselves do not.
    const bool json = file.starts_with("models/subject/") && target == "nlohmann/json.hpp";
    if (!ours({"models/", "workloads/"}) && !is_standard(include) && !is_system(include) && !boost && !json) {
      return "models know models, workloads, the system and Boost";
    }
  }
  if (file.starts_with("harness/")) {
    if (include.quoted && !ours({"harness/", "workloads/"})) {
      return "the harness knows itself and workloads, never a model";
    }
    if (const std::string why = room_objection(file, target); include.quoted && !why.empty()) return why;
    const bool json = target == "nlohmann/json.hpp" || target == "simdjson.h";
    if (json && file.ends_with(".h"))
      return "a header with a JSON library costs a second in every file that includes it";
    if (target == "simdjson.h" && file != "harness/journal/json_read.cpp") return "one file reads rows with simdjson";
    if (ours({"harness/commands/cli_"}) && !file.starts_with("harness/commands/cli")) {
      return "a part of cli.cpp brings the command line parser, which costs seven seconds a file";
    }
  }
  const bool instrument =
      file.starts_with("harness/selftest/fault_runner.") || file.starts_with("harness/selftest/experiment_runner.");
  if (file.starts_with("harness/selftest/") && !instrument) {
    const bool doer = ours({"harness/load/", "harness/subjects/", "harness/measure/", "harness/experiment/"});
    const bool plain = target == "harness/load/plan.h" || target == "harness/experiment/spec.h" ||
                       target == "harness/experiment/slices.h" || target == "harness/subjects/subject.h";
    if ((doer && !plain) || is_system(include)) {
      return "of the self-test only the two runners start, load and read anything";
    }
  }
  if (file.starts_with("harness/doctor/findings_text.")) {
    const bool layout = target == "harness/report/terminal.h" || target == "harness/report/text_layout.h";
    const bool format = !include.quoted && (target.starts_with("fmt/") || target == "nlohmann/json.hpp");
    if (!ours({"harness/doctor/"}) && !layout && !format && !is_standard(include)) {
      return "the doctor's text is a pure function of its findings";
    }
  } else if (file.starts_with("harness/doctor/") && !file.starts_with("harness/doctor/read_")) {
    // The bounds by which rows are void are the doctor's too.
    const bool plain = target == "harness/measure/machine_facts.h" || target == "harness/validity/validity.h" ||
                       target == "harness/subjects/needed_program.h";
    const bool format = !include.quoted && target.starts_with("fmt/");
    const bool doctor = ours({"harness/doctor/"}) && !target.starts_with("harness/doctor/read_");
    if (!doctor && !plain && !format && !is_standard(include)) {
      return "of the doctor only read_* looks at the machine; its judgement is a pure function of plain facts";
    }
  }
  if (file.starts_with("harness/stats/")) {
    if (!ours({"harness/stats/"}) && !is_standard(include) && !target.starts_with("boost/math/")) {
      return "statistics know the standard library and Boost.Math, neither report nor journal";
    }
  }
  if (file.starts_with("harness/validity/")) {
    const bool plain = target == "harness/journal/trial.h" || target == "harness/journal/slices.h" ||
                       target == "harness/journal/fixed_wait.h";
    const bool format = !include.quoted && target.starts_with("fmt/");
    if (!ours({"harness/validity/", "harness/stats/"}) && !plain && !format && !is_standard(include)) {
      return "validity is a pure function of the row";
    }
  }
  return "";
}

/// The line without its // comment and without what stands in quotes.
std::string code_of(std::string_view line) {
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && line.substr(i, 2) == "//") {
      break;
    } else if (!quoted) {
      code += line[i];
    }
  }
  return code;
}

/// Calls that read a clock, open a socket or make a process, which have no business in workloads/.
std::string forbidden_call(const std::string& code) {
  static const std::regex pattern(
      R"(\b(steady_clock|system_clock|high_resolution_clock|clock_gettime|gettimeofday|fork|std::time|std::thread|std::jthread|sleep_for|usleep|nanosleep)\b)");
  std::smatch match;
  return std::regex_search(code, match, pattern) ? match.str() : "";
}

bool is_model(std::string_view path) {
  return path.starts_with("models/") && path.ends_with(".cpp") && path.find('/', 7) == path.npos &&
         std::find(kNoModels.begin(), kNoModels.end(), path) == kNoModels.end();
}

bool is_ours(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cpp");
}

}  // namespace

std::vector<std::string> layering_violations(const std::vector<SourceFile>& files) {
  std::vector<std::string> broken;
  std::vector<std::string> readers_of_cli;
  for (const auto& file : files) {
    if (!is_ours(file.path)) continue;
    const auto lines = lines_of(file.text);
    for (const auto& include : includes_of(lines)) {
      if (include.target == "CLI/CLI.hpp") readers_of_cli.push_back(file.path);
      if (const auto why = objection(file.path, include); !why.empty()) {
        broken.push_back(file.path + ":" + std::to_string(include.line) + " includes " + include.target + ": " + why);
      }
    }
    if (file.path.starts_with("workloads/")) {
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (const auto call = forbidden_call(code_of(lines[i])); !call.empty()) {
          broken.push_back(file.path + ":" + std::to_string(i + 1) + " uses " + call +
                           ": workloads hold no clock, thread, socket or process");
        }
      }
    }
    const std::size_t longest = is_model(file.path) ? kLongestModel : kLongestFile;
    if (lines.size() > longest) {
      broken.push_back(file.path + " has " + std::to_string(lines.size()) + " lines, at most " +
                       std::to_string(longest) + " are wanted");
    }
  }
  if (readers_of_cli.size() > 1) {
    std::string names;
    for (const auto& path : readers_of_cli) names += " " + path;
    broken.push_back("CLI/CLI.hpp costs seven seconds a file and is included by more than one:" + names);
  }
  return broken;
}

std::vector<std::string> missing_files(const SourceFile& page, const std::function<bool(std::string_view)>& exists) {
  static const std::regex named(R"(`([^`\n]+)`|\]\(([^)#\s]+))");
  static const std::regex path_like(
      R"((?:\./)?((?:workloads|models|harness|reference|tests|cmake|scripts)(?:/[A-Za-z0-9_.-]+)*/?|[A-Za-z0-9_-]+\.(?:md|json|txt)))");
  const std::string folder = std::filesystem::path(page.path).parent_path().string();
  std::vector<std::string> missing;
  for (auto it = std::sregex_iterator(page.text.begin(), page.text.end(), named); it != std::sregex_iterator(); ++it) {
    std::istringstream words((*it)[1].matched ? (*it)[1].str() : (*it)[2].str());
    for (std::string word; words >> word;) {
      std::smatch match;
      const bool link = (*it)[2].matched;
      if (word.find("NAME") != word.npos) continue;
      if (link ? word.find("://") != word.npos : !std::regex_match(word, match, path_like)) continue;
      const std::string path = link ? word : match[1].str();
      const std::string beside = folder.empty() ? path : folder + "/" + path;
      // "harness/subjects/process" stands for its header and source.
      if (!exists(path) && !exists(beside) && !exists(path + ".h")) {
        const auto line = 1 + std::count(page.text.begin(), page.text.begin() + it->position(), '\n');
        missing.push_back(page.path + ":" + std::to_string(line) + " names " + path + ", which is not there");
      }
    }
  }
  return missing;
}

}  // namespace bakeoff::layering
