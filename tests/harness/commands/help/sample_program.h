// A command line for the tests of all that is written from one.
#pragma once

#include "harness/commands/help/program_help.h"

namespace bakeoff::commands::help {

inline ProgramHelp sample_program() {
  const ParameterHelp help{.names = {"-h", "--help"}, .meaning = "Print this help"};
  const ParameterHelp connections{
      .names = {"-c", "--connections"}, .value = "N", .meaning = "Connections", .default_value = "64"};
  const ParameterHelp format{.names = {"--format"},
                             .value = "FORMAT",
                             .meaning = "Output: terminal, json",
                             .default_value = "terminal",
                             .words = {"terminal", "json"}};
  const ParameterHelp subjects{
      .names = {"--subjects"},
      .value = "SUBJECTS",
      .meaning = "Run only these [all], separated by commas. A folder stands for the servers in it, \"don't\" care"};
  const ParameterHelp gate{.names = {"--fail-on-regression-of-this"}, .value = "SHARE", .meaning = "Exit 3 if worse"};
  const ParameterHelp out{.names = {"--out"}, .value = "DIR", .meaning = "The folder: for rows"};
  const ParameterHelp last{.names = {"--last"}, .meaning = "Take the newest run"};
  return {.name = "bakeoff",
          .version = "1.2.3",
          .summary = "compares models",
          .options = {help},
          .commands = {{.name = "run",
                        .summary = "Run an experiment. Print its tables",
                        .arguments = {{.value = "EXPERIMENT", .meaning = "A shipped experiment, or a file"}},
                        .options = {help, subjects, connections, gate, format, out}},
                       {.name = "serve",
                        .summary = "Serve a workload, ±0 of all others",
                        .arguments = {{.value = "MODEL", .meaning = "A model", .required = true},
                                      {.value = "WORKLOAD", .meaning = "A workload", .required = true}},
                        .options = {help, last}}},
          .exit_statuses = {{0, "done"}, {2, "bad usage"}},
          .notes = {"Without a subcommand, bakeoff runs quick."}};
}

}  // namespace bakeoff::commands::help
