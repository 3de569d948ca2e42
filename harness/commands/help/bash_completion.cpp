#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/commands/help/completions.h"

namespace bakeoff::commands::help {
namespace {

/// What does not depend on the command line.
constexpr std::string_view kBashHead = R"(# bash completion of bakeoff. Written by `bakeoff help --format bash`.

# _bakeoff_offer one|several WORDS: those words that continue the one at the cursor; of several, the one behind the last
# comma.
_bakeoff_offer() {
  local before=''
  if [[ $1 == several ]]; then
    if [[ $cur == *,* ]]; then before=${cur%,*},; fi
    compopt -o nospace 2>/dev/null
  fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$2" -- "${cur#"$before"}")
}

# _bakeoff_paths -f|-d: files, or folders alone, beside what is offered already.
_bakeoff_paths() {
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$1" -- "$cur")
}

# _bakeoff_listed KIND...: the names that there are.
_bakeoff_listed() {
  local kind
  for kind in "$@"; do command bakeoff list "$kind" --format names 2>/dev/null; done
}
)";

constexpr std::string_view kBashFoot = R"(
_bakeoff() {
  local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' argument=1 i word words
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = && -n $option ]]; then
      continue  # --out=FOLDER: bash makes three words of it.
    elif [[ $word == [:=]* ]]; then
      ((++i))  # fibers:units=2 is one word to bakeoff.
    elif [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      if _bakeoff_takes_value "$command $word"; then option=$word; fi
    elif [[ -z $command ]]; then
      command=$word
    else
      ((++argument))
    fi
  done
  if [[ $cur == = && -n $option ]]; then cur=''; fi
  if [[ $cur == [:=]* ]] || ((i > COMP_CWORD)); then return; fi
  if [[ -n $option ]]; then
    _bakeoff_value "$command $option"
  elif [[ $cur == -* ]]; then
    words=$(_bakeoff_options "$command")
    _bakeoff_offer one "$words"
  elif [[ -z $command ]]; then
    _bakeoff_offer one "$_bakeoff_commands"
  else
    _bakeoff_value "$command $argument"
  fi
}
complete -F _bakeoff bakeoff
)";

std::string bash_names(const std::vector<ParameterHelp>& options) {
  std::vector<std::string> names;
  for (const ParameterHelp& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

/// The commands that offer what a value may be, separated by "; ". "" if no shell can tell.
std::string bash_offer(const ParameterHelp& parameter) {
  const ValueKind kind = kind_of(parameter.value);
  const char* const count = kind.several ? "several" : "one";
  if (!parameter.words.empty()) return fmt::format("_bakeoff_offer {} '{}'", count, fmt::join(parameter.words, " "));
  std::vector<std::string> commands;
  if (!kind.listed.empty()) {
    commands.push_back(fmt::format("_bakeoff_offer {} \"$(_bakeoff_listed {})\"", count, fmt::join(kind.listed, " ")));
  }
  if (kind.files) commands.emplace_back("_bakeoff_paths -f");
  if (kind.folders) commands.emplace_back("_bakeoff_paths -d");
  return fmt::format("{}", fmt::join(commands, "; "));
}

/// One branch for each option and argument that has something to offer: "run --out", "run 1".
std::string bash_values(const CommandHelp& command) {
  std::string branches;
  const auto add = [&](const std::vector<std::string>& names, const ParameterHelp& parameter) {
    const std::string offer = bash_offer(parameter);
    if (offer.empty()) return;
    std::vector<std::string> patterns;
    for (const std::string& name : names) patterns.push_back(fmt::format("'{} {}'", command.name, name));
    branches += fmt::format("    {}) {} ;;\n", fmt::join(patterns, " | "), offer);
  };
  for (const ParameterHelp& option : command.options) add(option.names, option);
  for (std::size_t i = 0; i < command.arguments.size(); ++i) add({std::to_string(i + 1)}, command.arguments[i]);
  return branches;
}

/// One branch for the options of a command that are followed by a value; "" if there are none.
std::string bash_with_value(const CommandHelp& command) {
  std::vector<std::string> patterns;
  for (const ParameterHelp& option : command.options) {
    if (option.value.empty()) continue;
    for (const std::string& name : option.names) patterns.push_back(fmt::format("'{} {}'", command.name, name));
  }
  return patterns.empty() ? "" : fmt::format("    {}) ;;\n", fmt::join(patterns, " | "));
}

}  // namespace

std::string bash_completion(const ProgramHelp& program) {
  std::vector<std::string> commands;
  std::string options = fmt::format("    '') echo '{}' ;;\n", bash_names(program.options));
  std::string with_value, values;
  for (const CommandHelp& command : program.commands) {
    commands.push_back(command.name);
    options += fmt::format("    {}) echo '{}' ;;\n", command.name, bash_names(command.options));
    with_value += bash_with_value(command);
    values += bash_values(command);
  }
  return fmt::format(
      "{}\n_bakeoff_commands='{}'\n"
      "\n_bakeoff_options() {{\n  case $1 in\n{}  esac\n}}\n"
      "\n_bakeoff_takes_value() {{\n  case $1 in\n{}    *) return 1 ;;\n  esac\n}}\n"
      "\n_bakeoff_value() {{\n  case $1 in\n{}  esac\n}}\n{}",
      kBashHead, fmt::join(commands, " "), options, with_value, values, kBashFoot);
}

}  // namespace bakeoff::commands::help
