// From the parser's own tree of subcommands and options to the plain data of which help, manual page and completions
// are written. A part of cli.cpp.
#pragma once

#include <algorithm>
#include <cctype>

#include "harness/commands/cli_options.h"
#include "harness/commands/help/program_help.h"

namespace bakeoff::commands {

/// The name of an argument is what stands for its value: "workload" is WORKLOAD.
inline std::string placeholder(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

inline help::ParameterHelp parameter_help(const CLI::Option& option, const Choices& choices) {
  help::ParameterHelp one{.meaning = option.get_description(),
                          .default_value = option.get_default_str(),
                          .required = option.get_required()};
  for (const std::string& name : option.get_snames()) one.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) one.names.push_back("--" + name);
  const bool takes_value = option.get_items_expected_max() > 0;
  if (one.names.empty()) {
    one.value = placeholder(option.get_name(true));
  } else if (takes_value) {
    one.value = option.get_type_name();
  }
  if (const auto words = choices.find(&option); words != choices.end()) one.words = words->second;
  return one;
}

/// The arguments of a command, or its options; the hidden ones have no group.
inline std::vector<help::ParameterHelp> parameters_help(const CLI::App& command, const Choices& choices,
                                                        bool arguments) {
  std::vector<help::ParameterHelp> found;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty() || option->get_positional() != arguments) continue;
    found.push_back(parameter_help(*option, choices));
  }
  return found;
}

/// Everything but the hidden subcommands.
inline help::ProgramHelp program_help(const CLI::App& app, const Choices& choices) {
  help::ProgramHelp program{.name = app.get_name(), .summary = app.get_description()};
  program.options = parameters_help(app, choices, false);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;
    program.commands.push_back({.name = command->get_name(),
                                .summary = command->get_description(),
                                .arguments = parameters_help(*command, choices, true),
                                .options = parameters_help(*command, choices, false)});
  }
  return program;
}

}  // namespace bakeoff::commands
