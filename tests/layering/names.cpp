#include "tests/layering/names.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

namespace bakeoff::layering {
namespace {

/// The text without comments and without what stands in quotes; lines stay where they are.
std::string code_only(const std::string& text) {
  std::string code;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (text.compare(i, 2, "//") == 0) {
      end = std::min(text.find('\n', i), text.size());
    } else if (text.compare(i, 3, "R\"(") == 0) {
      const std::size_t close = text.find(")\"", i);
      end = close == text.npos ? text.size() : close + 2;
    } else if (c == '"' || (c == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0))) {
      while (end < text.size() && text[end] != c && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else {
      code += c;
      i = end;
      continue;
    }
    for (; i < end; ++i) {
      if (text[i] == '\n') code += '\n';
    }
  }
  return code;
}

std::vector<std::string> code_lines(const std::string& text) {
  std::istringstream stream(code_only(text));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string place(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1);
}

std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

bool is_header(std::string_view path) {
  return path.ends_with(".h");
}

/// The class or enumeration that a line in the first column defines; a declaration alone ends in ";" and defines none.
std::optional<std::string> type_defined_in(const std::string& line) {
  static const std::regex definition(
      R"(^(?:template <.*> )?(?:class|struct|union|enum|enum class|enum struct) (?:alignas\([^)]*\) )?(\w+)(?: final)?(?: ?:(?!:)(?:[^;]*|.*\{.*)| \{.*|)$)");
  std::smatch match;
  return std::regex_match(line, match, definition) ? std::optional(match[1].str()) : std::nullopt;
}

/// The alias or concept that a line in the first column defines. Two sources may have the same alias in one unit.
std::optional<std::string> alias_defined_in(const std::string& line) {
  static const std::regex alias(R"(^(?:template <.*> )?(?:using|concept) (\w+) =.*)");
  std::smatch match;
  return std::regex_match(line, match, alias) ? std::optional(match[1].str()) : std::nullopt;
}

/// The constant or function that a line in the first column defines.
std::optional<std::string> helper_defined_in(const std::string& line) {
  static const std::regex constant(
      R"(^(?:inline |static |thread_local )*(?:constexpr|const|constinit) [^(=]*\b(k[A-Z]\w*)\b.*)");
  static const std::regex function(
      R"(^(?:\[\[\w+\]\] )?(?:inline |static |constexpr |consteval )*(?:const )?[\w:]+(?:<.*>)?(?:::\w+)?[ *&]+(\w+)\(.*)");
  static const std::regex no_function(
      R"(^(?:return|else|using|typedef|friend|throw|namespace|struct|class|enum|static_assert|template|extern)\b.*)");
  std::smatch match;
  if (std::regex_match(line, match, constant)) return match[1].str();
  if (std::regex_match(line, no_function)) return std::nullopt;
  if (std::regex_match(line, match, function)) return match[1].str();
  return std::nullopt;
}

using Definitions = std::map<std::string, std::vector<std::string>>;

void report_repeated(const Definitions& definitions, const std::string& what, std::vector<std::string>& found) {
  for (const auto& [name, where] : definitions) {
    if (where.size() < 2) continue;
    std::string line = name + " " + what;
    for (const std::string& one : where) line += " " + one;
    found.push_back(line);
  }
}

void add_types(const SourceFile& file, Definitions& definitions) {
  const std::vector<std::string> lines = code_lines(file.text);
  std::set<std::string> here;  // A header may define a template and specialise it.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto name = type_defined_in(lines[i]);
    if (!name) name = alias_defined_in(lines[i]);
    if (name && here.insert(*name).second) definitions[*name].push_back(place(file, i));
  }
}

void add_helpers(const SourceFile& file, Definitions& definitions) {
  const std::vector<std::string> lines = code_lines(file.text);
  bool anonymous = false;
  std::set<std::string> here;  // Overloads of one file.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("namespace {")) anonymous = true;
    // Behind the brace that ends a namespace stands a comment, which is gone here but for its two spaces.
    if (anonymous && lines[i] == "}  ") anonymous = false;
    if (!anonymous) continue;
    auto name = type_defined_in(lines[i]);
    if (!name) name = helper_defined_in(lines[i]);
    if (name && here.insert(*name).second) definitions[*name].push_back(place(file, i));
  }
}

}  // namespace

std::string namespace_of(std::string_view path) {
  // The program's table of contents, which stands beside the folder that it is about.
  if (path == "models/subject_main.cpp") return "bakeoff::models::subject";
  std::string_view folder = folder_of(path);
  const auto drop = [&](std::string_view first) {
    if (folder != first && !folder.starts_with(std::string(first) + "/")) return false;
    folder.remove_prefix(std::min(first.size() + 1, folder.size()));
    return true;
  };
  const bool test = drop("tests");
  if (test && (folder.empty() || folder == "harness/fixtures")) return "bakeoff::test";
  drop("harness");
  std::string name = "bakeoff";
  while (!folder.empty()) {
    const std::size_t end = std::min(folder.find('/'), folder.size());
    name += "::" + std::string(folder.substr(0, end));
    folder.remove_prefix(std::min(end + 1, folder.size()));
  }
  return name;
}

std::vector<std::string> misplaced_namespaces(const std::vector<SourceFile>& files) {
  static const std::regex opened(R"(^(?:inline )?namespace (bakeoff[\w:]*) \{.*)");
  std::set<std::string> of_folders;
  for (const SourceFile& file : files) of_folders.insert(namespace_of(file.path));
  std::vector<std::string> found;
  for (const SourceFile& file : files) {
    const std::string wanted = namespace_of(file.path);
    const std::vector<std::string> lines = code_lines(file.text);
    bool any = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_match(lines[i], match, opened)) continue;
      any = true;
      const std::string name = match[1];
      // A part of the folder's namespace that is not a folder: bakeoff::validity::reason.
      const bool part = name.starts_with(wanted + "::") && !of_folders.contains(name);
      if (name != wanted && !part) found.push_back(place(file, i) + " opens " + name + ", its folder is " + wanted);
    }
    if (!any && is_header(file.path) && !file.path.starts_with("tests/"))
      found.push_back(file.path + " opens no namespace, its folder is " + wanted);
  }
  return found;
}

std::vector<std::string> repeated_types(const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  for (const std::string_view program : {"harness/", "models/"}) {
    Definitions definitions;
    for (const SourceFile& file : files) {
      const bool linked = file.path.starts_with(program) || file.path.starts_with("workloads/");
      if (linked && is_header(file.path)) add_types(file, definitions);
    }
    report_repeated(definitions, "is defined more than once:", found);
  }
  return found;
}

std::vector<std::string> clashing_helpers(const std::vector<SourceFile>& files) {
  std::map<std::string, Definitions> folders;
  for (const SourceFile& file : files) {
    if (file.path.starts_with("tests/") || is_header(file.path)) continue;
    add_helpers(file, folders[std::string(folder_of(file.path))]);
  }
  std::vector<std::string> found;
  for (const auto& [folder, definitions] : folders) {
    report_repeated(definitions, "stands in the anonymous namespaces of more than one source:", found);
  }
  return found;
}

}  // namespace bakeoff::layering
