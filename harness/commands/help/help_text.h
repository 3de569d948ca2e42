// The help as it is read on a terminal. Pure. Lines are broken at spaces only: a word that is longer than a line gets
// one of its own. A width of 0 is unlimited.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "harness/commands/help/glossary.h"
#include "harness/commands/help/program_help.h"

namespace bakeoff::commands::help {

/// What the program is for, its subcommands and exit statuses, in lines of at most `width` columns.
std::string program_text(const ProgramHelp& program, std::size_t width);

/// One subcommand: its usage, arguments and options, and nothing of another one.
std::string command_text(const ProgramHelp& program, const CommandHelp& command, std::size_t width);

/// Words and what they mean.
std::string words_text(std::span<const GlossaryEntry> entries, std::size_t width);

}  // namespace bakeoff::commands::help
