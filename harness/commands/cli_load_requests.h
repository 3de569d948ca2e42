// The options of `load` that say what is asked, how often, and where else it is told. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "harness/commands/load_stairs.h"

namespace bakeoff::commands {

inline void add_load_requests(CLI::App& app, LoadOptions& load, std::uint64_t most_requests) {
  app.add_option("-H,--header", load.fields,
                 "For http: a field of every request, 'Name: value'; may be given several times. Host replaces the "
                 "URL's own. Values are kept out of rows")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  app.add_option("-X,--method", load.method, "For http: the method; default: GET, or POST with a body")
      ->type_name("METHOD");
  app.add_option("--body", load.body, "For http: the body of every request, or @FILE for what the file holds")
      ->type_name("TEXT");
  app.add_option(
         "--urls", load.urls,
         "For http: ask for the targets in this file, one a line, drawn alike or by the weight in front of each; "
         "latencies are also those of each")
      ->type_name("FILE");
  app.add_flag("--urls-in-order", load.urls_in_order,
               "With --urls: each connection asks for them in the order of the file");
  add_whole(app, "-n,--requests", load.requests,
            "End the window when this many requests have been sent and answered, or with --duration; no warm-up unless "
            "--warmup asks for one",
            1, most_requests);
  add_whole(app, "--per-connection", load.shape.requests_per_connection,
            "Close each connection behind this many requests and open another; 0: never", 0, most_requests);
  add_parsed(app, "--stairs", load.stairs,
             "Open loop: one rate after another, each as long as the time says, like 1k,2k,4k:10s; a line for each",
             "STAIRS", [](const std::string&, const std::string& text) { parse_stairs(text); });
  app.add_option("--metrics", load.metrics, "Write the window so far to this file each second, as text for Prometheus")
      ->type_name("FILE");
}

}  // namespace bakeoff::commands
