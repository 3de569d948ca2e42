#include "harness/commands/help/program_help.h"

namespace bakeoff::commands::help {

std::string usage_of(const ProgramHelp& program, const CommandHelp& command) {
  std::string usage = program.name + " " + command.name;
  if (!command.options.empty()) usage += " [OPTIONS]";
  for (const ParameterHelp& argument : command.arguments) {
    usage += argument.required ? " " + argument.value : " [" + argument.value + "]";
  }
  return usage;
}

std::string usage_of(const ProgramHelp& program) {
  return program.name + " [OPTIONS] [SUBCOMMAND]";
}

std::string names_in_words(const ParameterHelp& parameter) {
  std::string text;
  for (const std::string& name : parameter.names) text += (text.empty() ? "" : ", ") + name;
  if (!parameter.value.empty()) text += (text.empty() ? "" : " ") + parameter.value;
  return text;
}

std::string as_sentence(const std::string& text) {
  return text.ends_with('.') ? text : text + ".";
}

std::string meaning_in_words(const ParameterHelp& parameter) {
  if (parameter.default_value.empty()) return parameter.meaning;
  return parameter.meaning + " (default " + parameter.default_value + ")";
}

}  // namespace bakeoff::commands::help
