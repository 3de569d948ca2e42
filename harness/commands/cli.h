// The command line. Only cli.cpp is compiled with CLI11, because that takes long; its parts are cli_options.h and
// cli_tree.h.
#pragma once

namespace bakeoff::commands {

/// Reads the arguments, runs the subcommand, returns its exit status. Wrong arguments are thrown as UsageError.
int run_command_line(int argc, char** argv);

}  // namespace bakeoff::commands
