// What can be typed on the command line, as plain data. cli.cpp reads it from the parser itself, and all that explains
// the command line is written from it: --help, `bakeoff help`, the manual page and the completions of the shells. An
// option that is added is in all of them.
#pragma once

#include <string>
#include <vector>

namespace bakeoff::commands::help {

/// An option, or an argument: a word that is known by its place.
struct ParameterHelp {
  std::vector<std::string> names{};  ///< "-c", "--connections"; empty for an argument.
  std::string value{};               ///< What stands for the value: "TIME", "FOLDER"; "" for an option without one.
  std::string meaning{};
  std::string default_value{};       ///< "" if there is none, or if `meaning` tells it.
  std::vector<std::string> words{};  ///< What the value may be; empty if it is not one of a few words.
  bool required = false;             ///< An argument that cannot be left out.
};

/// A subcommand.
struct CommandHelp {
  std::string name;
  std::string summary{};  ///< Without a full stop at its end, as meanings are.
  std::vector<ParameterHelp> arguments{};
  std::vector<ParameterHelp> options{};
};

struct ExitStatusHelp {
  int status = 0;
  std::string meaning;
};

struct ProgramHelp {
  std::string name;
  std::string version{};
  std::string summary{};
  std::vector<ParameterHelp> options{};  ///< Those without a subcommand.
  std::vector<CommandHelp> commands{};
  std::vector<ExitStatusHelp> exit_statuses{};
  std::vector<std::string> notes{};  ///< Paragraphs about the program as a whole.
};

/// "bakeoff run [OPTIONS] [EXPERIMENT]"
std::string usage_of(const ProgramHelp& program, const CommandHelp& command);

/// The same without a subcommand: "bakeoff [OPTIONS] [SUBCOMMAND]".
std::string usage_of(const ProgramHelp& program);

/// "-c, --connections N"; for an argument its value.
std::string names_in_words(const ParameterHelp& parameter);

/// With a full stop at its end.
std::string as_sentence(const std::string& text);

/// What it means and its default: "Connections (default 64)".
std::string meaning_in_words(const ParameterHelp& parameter);

}  // namespace bakeoff::commands::help
