// The commands about servers for other clients: serve, and the files that they can serve. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "workloads/back_end.h"
#include "workloads/file_set.h"

namespace bakeoff::commands {

struct ServingCommands {
  ServeOptions serve;
  MakeFilesOptions make_files;
  CLI::App* serve_app = nullptr;
  CLI::App* make_files_app = nullptr;
};

inline void add_serving_commands(CLI::App& app, ServingCommands& commands, std::uint64_t most_units,
                                 std::uint64_t most_message_bytes) {
  ServeOptions& serve = commands.serve;
  CLI::App* serve_app = commands.serve_app = app.add_subcommand(
      "serve", "Serve a workload with a model or a real server, for any client: curl, redis-cli, wrk, ab");
  serve_app
      ->add_option("model", serve.model, "A model, a server, or a folder with a manifest; see: bakeoff list subjects")
      ->required();
  serve_app->add_option("workload", serve.workload, "See: bakeoff list workloads")->required();
  add_whole(*serve_app, "--port", serve.port, "The port on 127.0.0.1; 0 takes a free one", 0, 65535);
  add_socket_path(*serve_app, serve.unix_socket,
                  "Listen on a Unix socket of this path, which is removed at the end, and on no port; models only");
  add_whole(*serve_app, "--units", serve.units, "How many units the model has", 1, most_units);
  add_whole(*serve_app, "--message-bytes", serve.message_bytes, "For echo: the size of a message", 1,
            most_message_bytes);
  serve_app
      ->add_option("--files", serve.files, "For http: the folder of `make-files` whose files GET /file/<k> answers")
      ->type_name("DIR");

  serve_app
      ->add_option("--back-end", serve.back_end,
                   "For http: what GET /call/<k> asks. http, redis or postgres is started beside it and filled; a URL "
                   "(redis://127.0.0.1:6379) is yours")
      ->type_name("BACK_END");
  add_whole(*serve_app, "--pool", serve.pool, "Its most connections to the back end", 1, workloads::kMostPool);
  add_whole(*serve_app, "--call-timeout-ms", serve.call_timeout_ms, "What a call of the back end may take", 1,
            workloads::kLongestCallMs);

  MakeFilesOptions& files = commands.make_files;
  CLI::App* make_app = commands.make_files_app =
      app.add_subcommand("make-files", "Make a set of files for servers to serve, whose every byte clients can check");
  make_app->add_option("folder", files.folder, "The folder for them; file k is FOLDER/file/k")->required();
  add_whole(*make_app, "--count", files.count, "How many", 1, workloads::kMostFiles);
  make_app
      ->add_option("--bytes", files.bytes,
                   "How large: fixed:BYTES, exponential:MEAN_BYTES or lognormal:MEDIAN_BYTES,SIGMA")
      ->type_name("SHAPE")
      ->capture_default_str();
}

}  // namespace bakeoff::commands
