// The command claims. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"

namespace bakeoff::commands {

inline CLI::App* add_claims_command(CLI::App& app, ClaimsOptions& claims, Choices& choices) {
  CLI::App* claims_app = app.add_subcommand(
      "claims",
      "Tell which sentences that are taught about concurrency recorded results confirm, and which they refute");
  claims_app->add_option("words", claims.words,
                         "show ID...: claims with all that is known of them. run [ID...]: measures what decides these "
                         "claims, or all of them. Without either, the ledger of all claims");
  claims_app->add_option("--theme", claims.theme, "Only the claims of this theme")->type_name("NAME");
  claims_app
      ->add_option("--from", claims.from,
                   "Folders of results, or results themselves (default: those of this repository)")
      ->type_name("DIR");
  claims_app
      ->add_option("--with", claims.with,
                   "A folder with further claims, the experiments that decide them and the programs that those run; "
                   "may be given several times")
      ->type_name("DIR")
      ->allow_extra_args(false);
  claims_app->add_option("--out", claims.out, "Of run: where its results go; default: ./bakeoff-results/claims")
      ->type_name("DIR");
  add_time(*claims_app, "--budget", claims.budget, "Of run: begin nothing that does not fit into this time (10m)");
  claims_app->add_flag("--dry-run", claims.dry_run, "Of run: print what would be measured, in which order");
  add_format(*claims_app, claims.format, kReportFormats, choices);
  return claims_app;
}

}  // namespace bakeoff::commands
