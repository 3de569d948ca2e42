#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/commands/help/completions.h"

namespace bakeoff::commands::help {
namespace {

/// What does not depend on the command line.
constexpr std::string_view kFishHead = R"(# fish completion of bakeoff. Written by `bakeoff help --format fish`.

# The words before the cursor that are neither options nor their values: the subcommand and its arguments.
function __bakeoff_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l value_follows no
    for word in $words
        if test $value_follows = yes
            set value_follows no
        else if string match -q -- '-*' $word
            contains -- $word $__bakeoff_with_value; and set value_follows yes
        else
            echo $word
        end
    end
end

# Whether no subcommand has been given.
function __bakeoff_begins
    test (count (__bakeoff_words)) -eq 0
end

# __bakeoff_in COMMAND: whether this is its subcommand.
function __bakeoff_in
    set -l words (__bakeoff_words)
    test "$words[1]" = $argv[1]
end

# __bakeoff_at COMMAND N: whether the cursor is at the Nth argument of this subcommand.
function __bakeoff_at
    __bakeoff_in $argv[1]; and test (count (__bakeoff_words)) -eq $argv[2]
end

# __bakeoff_listed KIND...: the names that there are.
function __bakeoff_listed
    for kind in $argv
        command bakeoff list $kind --format names 2>/dev/null
    end
end

# __bakeoff_several WORD...: the words, each behind what stands before the last comma.
function __bakeoff_several
    set -l before (commandline -ct | string replace -r '^--[a-z-]+=' '' | string match -r '^.*,')
    for word in $argv
        echo "$before$word"
    end
end

complete -c bakeoff -f
)";

/// In single quotes.
std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// The words that fish offers for a value, as it computes them; "" if there are none.
std::string fish_words(const ParameterHelp& parameter) {
  const ValueKind kind = kind_of(parameter.value);
  std::string words = fmt::format("{}", fmt::join(parameter.words, " "));
  if (words.empty() && !kind.listed.empty()) words = fmt::format("(__bakeoff_listed {})", fmt::join(kind.listed, " "));
  if (words.empty() && kind.folders) words = "(__fish_complete_directories)";
  if (kind.several && !words.empty()) words = "(__bakeoff_several " + words + ")";
  return words;
}

/// "complete -c bakeoff -n CONDITION -s c -l connections -x -a WORDS -d MEANING"
std::string fish_option(const std::string& condition, const ParameterHelp& option) {
  std::string line = "complete -c bakeoff -n " + fish_quoted(condition);
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) {
    line += kind_of(option.value).files ? " -r -F" : " -x";
    if (const std::string words = fish_words(option); !words.empty()) line += " -a " + fish_quoted(words);
  }
  return line + " -d " + fish_quoted(first_sentence(option.meaning)) + "\n";
}

/// "" for an argument of which no shell can tell what it may be.
std::string fish_argument(const std::string& condition, const ParameterHelp& argument) {
  const std::string words = fish_words(argument);
  const bool files = kind_of(argument.value).files;
  if (words.empty() && !files) return "";
  return "complete -c bakeoff -n " + fish_quoted(condition) + (files ? " -F" : "") +
         (words.empty() ? "" : " -a " + fish_quoted(words)) + "\n";
}

std::string fish_command(const CommandHelp& command) {
  std::string lines = fmt::format("\ncomplete -c bakeoff -n __bakeoff_begins -a {} -d {}\n", command.name,
                                  fish_quoted(first_sentence(command.summary)));
  for (const ParameterHelp& option : command.options) lines += fish_option("__bakeoff_in " + command.name, option);
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    lines += fish_argument(fmt::format("__bakeoff_at {} {}", command.name, i + 1), command.arguments[i]);
  }
  return lines;
}

/// All options that are followed by a value, each once.
std::vector<std::string> options_with_value(const ProgramHelp& program) {
  std::vector<std::string> names;
  for (const CommandHelp& command : program.commands) {
    for (const ParameterHelp& option : command.options) {
      if (!option.value.empty()) names.insert(names.end(), option.names.begin(), option.names.end());
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::string fish_completion(const ProgramHelp& program) {
  std::string text(kFishHead);
  text += fmt::format("\nset -g __bakeoff_with_value {}\n", fmt::join(options_with_value(program), " "));
  for (const ParameterHelp& option : program.options) text += fish_option("__bakeoff_begins", option);
  for (const CommandHelp& command : program.commands) text += fish_command(command);
  return text;
}

}  // namespace bakeoff::commands::help
