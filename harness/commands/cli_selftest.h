// The command selftest. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "harness/input/nearest_name.h"
#include "harness/selftest/checks.h"

namespace bakeoff::commands {

inline CLI::App* add_selftest_command(CLI::App& app, SelftestOptions& selftest, Choices& choices) {
  const std::vector<std::string> kinds = selftest::selftest_kinds();
  CLI::App* selftest_app = app.add_subcommand(
      "selftest",
      "Test the harness on this machine, in about 90 s: servers that stall or answer wrongly on purpose must be "
      "noticed, one that does 5 % more work must be found, and equal things must not be told apart. Exit 4 says that "
      "this machine was too noisy to tell");
  choices[selftest_app
              ->add_option("--only", selftest.only,
                           "Run only these kinds of checks, separated by commas: " + input::join_names(kinds))
              ->delimiter(',')
              ->type_name("CHECKS")] = kinds;
  selftest_app
      ->add_option("--subjects", selftest.subjects,
                   "Instead: compare each of these with itself, under two names. Names, or folders with manifests, "
                   "separated by commas. Takes some minutes for each runtime, which is warmed up in every block")
      ->delimiter(',')
      ->type_name("SUBJECTS");
  add_time(*selftest_app, "--patience", selftest.patience,
           "The longest total wait for other programs to leave the CPUs after they disturbed a window");
  add_format(*selftest_app, selftest.format, {"terminal", "json"}, choices);
  return selftest_app;
}

}  // namespace bakeoff::commands
