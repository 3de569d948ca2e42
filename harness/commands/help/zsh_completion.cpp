#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "harness/commands/help/completions.h"

namespace bakeoff::commands::help {
namespace {

/// What does not depend on the command line.
constexpr std::string_view kZshHead = R"(#compdef bakeoff
# zsh completion of bakeoff. Written by `bakeoff help --format zsh`.

# _bakeoff_listed KIND,KIND OPTION...: the names that there are; the options are for compadd.
_bakeoff_listed() {
  local kind
  local -a names
  for kind in ${(s:,:)1}; do
    names+=($(command bakeoff list $kind --format names 2>/dev/null))
  done
  compadd "${@[2,-1]}" -a names
}
)";

constexpr std::string_view kZshFoot = R"(
# The file is read as the body of this function when it is called first.
if [[ $funcstack[1] == _bakeoff ]]; then
  _bakeoff "$@"
else
  compdef _bakeoff bakeoff
fi
)";

/// In single quotes.
std::string zsh_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

/// For what _arguments takes apart at brackets and colons.
std::string zsh_escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// The function that offers the names of these kinds. It has no words of its own: zsh adds its options before them or
/// behind them.
std::string zsh_function(const ValueKind& kind) {
  return fmt::format("_bakeoff_{}{}", fmt::join(kind.listed, "_"), kind.files ? "_or_file" : "");
}

/// The definitions of those functions that this command line needs, each once.
std::string zsh_functions(const ProgramHelp& program) {
  std::set<std::string> definitions;
  const auto add = [&](const std::vector<ParameterHelp>& parameters) {
    for (const ParameterHelp& one : parameters) {
      const ValueKind kind = kind_of(one.value);
      if (kind.listed.empty()) continue;
      definitions.insert(fmt::format("\n{}() {{\n  _bakeoff_listed {} \"$@\"\n{}}}\n", zsh_function(kind),
                                     fmt::join(kind.listed, ","), kind.files ? "  _files\n" : ""));
    }
  };
  for (const CommandHelp& command : program.commands) {
    add(command.arguments);
    add(command.options);
  }
  return fmt::format("{}", fmt::join(definitions, ""));
}

/// ":DIR:_files -/": what stands for a value and how it is completed; nothing where no shell can tell.
std::string zsh_value(const ParameterHelp& parameter) {
  const ValueKind kind = kind_of(parameter.value);
  // A message about an argument would keep zsh from completing an option in its place.
  std::string action = parameter.names.empty() ? "( )" : " ";
  if (!parameter.words.empty()) {
    const std::string words = fmt::format("{}", fmt::join(parameter.words, " "));
    action = kind.several ? "_sequence compadd - " + words : "(" + words + ")";
  } else if (!kind.listed.empty()) {
    action = (kind.several ? "_sequence " : "") + zsh_function(kind);
  } else if (kind.files) {
    action = "_files";
  } else if (kind.folders) {
    action = "_files -/";
  }
  return ":" + zsh_escaped(parameter.value) + ":" + action;
}

/// "'--out=[The folder]:DIR:_files -/'"; one that has two names once for each, and not after the other.
std::vector<std::string> zsh_options(const std::vector<ParameterHelp>& options) {
  std::vector<std::string> specs;
  for (const ParameterHelp& option : options) {
    const std::string others =
        option.names.size() > 1 ? fmt::format("({})", fmt::join(option.names, " ")) : std::string();
    for (const std::string& name : option.names) {
      std::string spec = others + name;
      // The value stands in the next word, or behind "=" or directly behind the letter.
      if (!option.value.empty()) spec += name.starts_with("--") ? "=" : "+";
      spec += "[" + zsh_escaped(first_sentence(option.meaning)) + "]";
      if (!option.value.empty()) spec += zsh_value(option);
      specs.push_back(zsh_quoted(spec));
    }
  }
  return specs;
}

std::string zsh_command(const CommandHelp& command) {
  std::vector<std::string> specs = zsh_options(command.options);
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const ParameterHelp& argument = command.arguments[i];
    const std::string optional = argument.required ? "" : ":";
    specs.push_back(zsh_quoted(std::to_string(i + 1) + optional + zsh_value(argument)));
  }
  return fmt::format("        {})\n          _arguments \\\n            {}\n          ;;\n", command.name,
                     fmt::join(specs, " \\\n            "));
}

}  // namespace

std::string zsh_completion(const ProgramHelp& program) {
  std::vector<std::string> specs = zsh_options(program.options);
  specs.emplace_back("'(-)1:subcommand:->subcommand'");
  specs.emplace_back("'(-)*::argument:->argument'");
  std::string summaries, commands;
  for (const CommandHelp& command : program.commands) {
    summaries += "        " + zsh_quoted(command.name + ":" + first_sentence(command.summary)) + "\n";
    commands += zsh_command(command);
  }
  return fmt::format(
      "{}{}\n_bakeoff() {{\n  local curcontext=$curcontext state line\n  typeset -A opt_args\n"
      "  _arguments -C \\\n    {}\n"
      "  case $state in\n    subcommand)\n      local -a subcommands=(\n{}      )\n"
      "      _describe -t commands subcommand subcommands\n      ;;\n"
      "    argument)\n      curcontext=${{curcontext%:*:*}}:bakeoff-$words[1]:\n      case $words[1] in\n{}      esac\n"
      "      ;;\n  esac\n}}\n{}",
      kZshHead, zsh_functions(program), fmt::join(specs, " \\\n    "), summaries, commands, kZshFoot);
}

}  // namespace bakeoff::commands::help
