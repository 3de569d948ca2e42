// What a shell completes behind `bakeoff`, one function for each shell. Pure: the text of a script that the shell
// reads.
//
// A script knows the subcommands, the options and the fixed words. It asks `bakeoff list KIND --format names` for the
// names of experiments, models and the like, and it asks the program that is installed: a wrapper that builds bakeoff
// first must not be started by a key.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/commands/help/program_help.h"

namespace bakeoff::commands::help {

/// For share/bash-completion/completions/bakeoff. Needs bash 4 and nothing of the package bash-completion.
std::string bash_completion(const ProgramHelp& program);

/// For share/zsh/site-functions/_bakeoff.
std::string zsh_completion(const ProgramHelp& program);

/// For share/fish/vendor_completions.d/bakeoff.fish.
std::string fish_completion(const ProgramHelp& program);

/// What a value may be, as far as a shell can tell. Its fixed words are in ParameterHelp.
struct ValueKind {
  std::string_view value;                      ///< ParameterHelp::value.
  std::span<const std::string_view> listed{};  ///< Kinds of `bakeoff list`, whose names it may be.
  bool files = false;
  bool folders = false;  ///< Only those. Where files may be given, folders are on the way to them.
  bool several = false;  ///< Separated by commas.
};

/// The kind of this value; one without listed names, files and folders for a value that no shell can tell.
ValueKind kind_of(std::string_view value);

/// The first sentence of a text, without its full stop: a completion is explained in one line.
std::string first_sentence(const std::string& text);

}  // namespace bakeoff::commands::help
