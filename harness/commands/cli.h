// The command line. cli.cpp is the only file that includes CLI11, because that takes long to compile.
#pragma once

namespace bakeoff::commands {

/// Reads the arguments, runs the subcommand, returns its exit status. Wrong arguments are thrown as UsageError.
int run_command_line(int argc, char** argv);

}  // namespace bakeoff::commands
