#include "harness/commands/cli.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "harness/commands/cli_claims.h"
#include "harness/commands/cli_decide.h"
#include "harness/commands/cli_load_requests.h"
#include "harness/commands/cli_options.h"
#include "harness/commands/cli_reports.h"
#include "harness/commands/cli_selftest.h"
#include "harness/commands/cli_serving.h"
#include "harness/commands/cli_tree.h"
#include "harness/commands/commands.h"
#include "harness/commands/load_plan.h"
#include "harness/commands/render.h"
#include "harness/experiment/spec.h"
#include "harness/input/nearest_name.h"
#include "harness/load/agent.h"
#include "harness/load/redis_login.h"
#include "harness/measure/system_calls.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/watchdog.h"
#include "harness/version.h"

namespace bakeoff::commands {
namespace {

// Bounds of the options; those of an experiment's keys are the same.
constexpr std::uint64_t kMostUnits = 1'000'000;
constexpr std::uint64_t kMostSize = 1'000'000'000'000;
constexpr std::uint64_t kMostConnections = 1'000'000;
constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;
constexpr std::uint64_t kMostOfAWindow = 1'000'000'000'000;

/// What --help says about the program as a whole.
void add_notes(help::ProgramHelp& program) {
  program.version = kVersion;
  program.exit_statuses = {
      {kDone, "done"},
      {kFailed, "failed (also if output cannot be written, except to a reader that stopped early)"},
      {kBadUsage, "bad usage or input"},
      {kNotMet, "a gate not met"},
      {kNoValid, "no valid number"},
      {kInterrupted, "interrupted"}};
  program.notes = {
      "Without a subcommand, bakeoff runs the shipped experiment \"quick\". `bakeoff run` compares models, real "
      "servers and language runtimes, `bakeoff job` runs executors, `bakeoff probe` runs probes, `bakeoff decide` says "
      "which of them suit a service, and `bakeoff list` names what there is of each.",
      "`bakeoff help SUBCOMMAND` explains a subcommand. `bakeoff help words` explains the words that bakeoff uses, "
      "such as unit, block and slice."};
}

/// What CLI11 finds wrong, in the words of our own errors: what was found, and what was expected.
std::string in_our_words(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const std::string said = error.what();
  if (const std::vector<std::string> extra = app.remaining(true); !extra.empty()) {
    if (!extra.front().starts_with('-')) return "found \"" + extra.front() + "\", expected no more words there";
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
      if (!option->get_positional() && !option->get_group().empty()) names.push_back(option->get_name());
    }
    const std::string given = extra.front().substr(0, extra.front().find('='));
    return "found option \"" + given + "\", expected one of " + input::join_names(names) +
           input::did_you_mean(given, names);
  }
  CLI::Option* option = const_cast<CLI::App&>(command).get_option_no_throw(said.substr(0, said.find(':')));
  if (option == nullptr || error.get_name() != "ArgumentMismatch") return said;
  if (!said.ends_with("missing")) return option->get_name() + ": found several values, expected one";
  try {
    option->add_result("");
    option->run_callback();  // Throws, in the option's own words, what it says to an empty value.
  } catch (const CLI::ParseError&) {
  }
  return option->get_name() + ": found nothing, expected a value: " + option->get_type_name();
}

/// All but the hidden ones, which have no group.
std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

/// CLI11 says "The following arguments were not expected: rnu"; a user wants to be told which subcommands exist.
void refuse_unknown_subcommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string given = argv[1];
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == given) return;
  }
  const std::vector<std::string> names = subcommand_names(app);
  throw UsageError("found subcommand \"" + given + "\", expected one of " + input::join_names(names) +
                   input::did_you_mean(given, names));
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"identical work under different concurrency models, and what each model costs", "bakeoff"};
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(0, 1);
  Choices choices;
  bool version = false;
  app.add_flag("--version", version, "Print the version and how it was built");

  RunOptions run;
  run.arguments.assign(argv, argv + argc);
  CLI::App* run_app = app.add_subcommand("run", "Run an experiment and print its tables");
  run_app->add_option(
      "experiment", run.experiment,
      "A shipped experiment (bakeoff list experiments), a TOML file, or a result folder, whose experiment is run "
      "again; default: quick");
  run_app
      ->add_option(
          "--subjects", run.subjects,
          "Run only these, separated by commas; @models, @servers, @runtimes and languages (@python) are groups. A "
          "folder (./servers) stands for its servers; given without names, it adds them to the experiment's subjects")
      ->delimiter(',')
      ->type_name("SUBJECTS");
  run_app->add_option("--tables", run.tables, "Run only these tables, separated by commas")
      ->delimiter(',')
      ->type_name("NAME");
  run_app->add_option("--workloads", run.workloads, "Run only the tables of these workloads and jobs")
      ->delimiter(',')
      ->type_name("WORKLOADS");
  run_app
      ->add_option("--set", run.set,
                   "A number of the tables instead of the file's, or a list of numbers, which makes a sweep: "
                   "connections=128, 'connections=[1,4,16]'; may be given several times")
      ->type_name("SETTING")
      ->allow_extra_args(false);
  run_app->add_option("--out", run.out, "The folder for rows and report; default: ./bakeoff-results/NAME/TIME-HOST")
      ->type_name("DIR");
  add_whole(*run_app, "--blocks", run.blocks, "How often every subject runs in each table; with --precision, at least",
            1, experiment::kMostBlocks);
  add_share(*run_app, "--precision", run.precision,
            "Run more blocks until the interval of every ratio reaches no further than this from the ratio (2%)",
            experiment::kFinestPrecision);
  add_time(*run_app, "--budget", run.budget, "Begin no new block after this time (90s, 5m)");
  run_app->add_flag(
      "--resume", run.resume,
      "Continue a run that was cut off, in --out or in the experiment's newest folder in ./bakeoff-results");
  run_app->add_flag("--dry-run", run.dry_run, "Print what would run, in which order and for how long; run nothing");
  run_app->add_flag("--one-by-one", run.one_by_one,
                    "Run the subjects of a block one after the other, instead of alternating among them in slices");
  run_app
      ->add_option("--against", run.against,
                   "Another build (its folder or its bakeoff-subject): every subject runs in both builds, side by side")
      ->type_name("BUILD");
  add_share(*run_app, "--fail-on-regression", run.fail_on_regression,
            "With --against: exit 3 if this build is worse than the other by this much (5%) or more");
  add_unknown(*run_app, run.unknown, choices);
  add_format(*run_app, run.format, kReportFormats, choices);

  ListOptions list;
  CLI::App* list_app =
      app.add_subcommand("list",
                         "List what there is: models, servers, runtimes, workloads, jobs, executors, probes, "
                         "experiments with how long they take, and profiles of services");
  choices[list_app->add_option(
      "kind", list.what,
      "models, servers, runtimes, subjects (these three), workloads, jobs, executors (what jobs run on), probes "
      "(measurements of one mechanism), experiments or profiles (of services, for decide); default: everything")] =
      kListKinds;
  add_format(*list_app, list.format, {"terminal", "md", "json", "names"}, choices);

  ServingCommands serving;
  add_serving_commands(app, serving, kMostUnits, kMostMessageBytes);

  LoadOptions load;
  CLI::App* load_app =
      app.add_subcommand("load", "Put a load on a server, check its replies, and report throughput, latency and cost");
  load_app
      ->add_option("url", load.url,
                   "tcp://HOST:PORT (echo), http://HOST[:PORT]/TARGET, "
                   "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]/incr/KEY, get/KEY, set/KEY or ping; or a subject, "
                   "which is started for it. Other users see a command line (ps): a password may stand in the variable "
                   "BAKEOFF_REDIS_PASSWORD instead")
      ->required();
  load_app->add_option("workload", load.workload, "Of a subject: what it serves meanwhile");
  add_whole(*load_app, "-c,--connections", load.shape.connections, "Connections", 1, kMostConnections);
  add_time(*load_app, "-d,--duration", load.duration, "The length of the measured window");
  add_time(*load_app, "--warmup", load.warmup, "Time before the window that is not counted", true);
  add_parsed(
      *load_app, "--rate", load.rate,
      "Open loop: this many requests per second whatever the server does, like 5000 or 20k, or a ramp like 1k:20k. "
      "Without it, closed loop: each connection sends its next request after the reply to the last one",
      "RATE", [](const std::string&, const std::string& text) { input::parse_rates("--rate", text); });
  add_parsed(*load_app, "--think", load.shape.think_us,
             "Closed loop or sessions: users think between a reply and the next request: fixed:US, exponential:MEAN_US "
             "or lognormal:MEDIAN_US,SIGMA, in microseconds",
             "SHAPE", [](const std::string&, const std::string& text) { check_think_time(text); });
  add_parsed(
      *load_app, "--sessions", load.shape.session_requests,
      "With --rate or --slo: users come, send fixed:N or geometric:MEAN requests one after another on a connection "
      "of their own, and leave; at most --connections at once. The rate is of requests all the same",
      "SHAPE", [](const std::string&, const std::string& text) { check_session_requests(text); });
  load_app->add_flag("--poisson", load.shape.poisson, "With --rate or --slo: exponential times between arrivals");
  add_parsed(
      *load_app, "--slo", load.slo,
      "A limit like p99=5ms (any percentile such as p99.95, max, mean; us, ms, s). Searches for the highest rate that "
      "meets it; with --rate, tells whether that rate does. Exit 3 if it is not met, 4 if that cannot be decided",
      "LIMIT", [](const std::string&, const std::string& text) { slo_of(text); });
  add_whole(*load_app, "--pipeline", load.shape.pipeline, "Requests in flight per connection", 1, 100'000);
  load_app->add_flag("--churn", load.shape.churn, "Open a new connection for every request");
  add_whole(*load_app, "--idle", load.shape.idle, "Silent connections beside the load", 0, kMostConnections);
  add_whole(*load_app, "--slow-senders", load.shape.slow_senders,
            "Connections beside the load that send one byte at a time", 0, kMostConnections);
  add_whole(*load_app, "--slow-readers", load.shape.slow_readers,
            "Connections beside the load that send requests and never read the replies", 0, kMostConnections);
  add_time(*load_app, "--timeout", load.timeout, "A request without a reply after this time is given up and counted");
  add_whole(*load_app, "--backlog", load.backlog,
            "With --rate or --slo: how many requests may be due and unsent; beyond that the oldest are dropped", 1,
            10'000'000);
  load_app->add_flag("--no-verify", load.no_verify,
                     "Do not compare replies with their requests (for pages that change)");
  load_app->add_flag("--fail-on-errors", load.fail_on_errors, "Exit 3 if any request failed or any answer was wrong");
  add_whole(*load_app, "--message-bytes", load.shape.message_bytes, "For tcp: the size of a message", 1,
            kMostMessageBytes);
  load_app->add_flag("--spin", load.shape.spin,
                     "Never sleep: spend a whole CPU to keep the generator's own wake-ups out of the latencies");
  load_app->add_flag("--no-ceiling", load.no_ceiling,
                     "Skip the extra second after the load that measures the most the generator could do");
  load_app->add_option("--source", load.sources, "Local addresses to connect from, separated by commas")
      ->delimiter(',')
      ->type_name("ADDRESSES");
  add_socket_path(*load_app, load.unix_socket,
                  "Connect to this Unix socket; the URL says what is asked, and its host and port are not used");
  add_parsed(*load_app, "--cpus", load.cpus,
             "CPUs of the generator, which has one thread on each, like 1 or 0,2-3; default: the second half", "CPUS",
             [](const std::string&, const std::string& text) { generator_cpus(text); });
  load_app
      ->add_option_function<std::string>(
          "-t,--threads",
          [](const std::string& given) {
            throw UsageError("--threads: found \"" + given +
                             "\", expected --cpus like 1 or 0,2-3: the generator has one thread on each of its CPUs");
          },
          "")
      ->group("");  // What other load generators call it.
  add_whole(*load_app, "--seed", load.seed, "The seed that determines the content of all requests", 0, INT64_MAX);
  load_app
      ->add_option("--series", load.series,
                   "Write one JSON line per second to this file: rate, errors, percentiles; - is stdout")
      ->type_name("FILE");
  load_app
      ->add_option("--histogram", load.histogram,
                   "Write the latencies to this file: percentiles for HdrHistogram's plotters, or exact buckets if it "
                   "is a .json; - is stdout")
      ->type_name("FILE");
  add_load_requests(*load_app, load, kMostOfAWindow);
  add_format(*load_app, load.format, {"terminal", "json"}, choices);

  SyscallsOptions syscalls;
  CLI::App* syscalls_app = app.add_subcommand(
      "syscalls", "Count the system calls that subjects make per request, side by side; needs strace");
  std::string traced;  // One word: a list would take the workload as one more element.
  syscalls_app->add_option("subjects", traced, "Models, servers or folders of manifests, with commas")->required();
  syscalls_app->add_option("workload", syscalls.workload, "See: bakeoff list workloads")->required();
  syscalls_app
      ->add_option("--request", syscalls.request, "The request, as in an experiment file; default: the workload's own")
      ->type_name("REQUEST");
  add_whole(*syscalls_app, "-c,--connections", syscalls.connections, "Connections", 1, 10'000);
  add_format(*syscalls_app, syscalls.format, kReportFormats, choices);

  ConformOptions conform;
  CLI::App* conform_app = app.add_subcommand(
      "conform", "Try whether a subject does what the protocols want, and say in one go everything that it does not");
  conform_app
      ->add_option("subject", conform.subject,
                   "A subject (see: bakeoff list subjects), or a folder of manifests (./server)")
      ->required();
  conform_app
      ->add_option("--workloads", conform.workloads, "Only these, separated by commas; default: all that it serves")
      ->delimiter(',')
      ->type_name("WORKLOADS");
  add_whole(*conform_app, "-c,--connections", conform.connections,
            "How many at once; default: 1000, or those that fit where each takes a unit", 1, 10'000);
  add_format(*conform_app, conform.format, {"terminal", "json"}, choices);

  PrepareOptions prepare;
  CLI::App* prepare_app =
      app.add_subcommand("prepare", "Build the programs of subjects that are built, ahead of a run");
  prepare_app->add_option("subjects", prepare.subjects,
                          "Subjects, groups (@java) or folders of manifests; default: all that can be built");

  JobOptions job;
  CLI::App* job_app = app.add_subcommand(
      "job",
      "Run a job on one kind of unit: once, or, if the job is about one of its settings and that is not given, five "
      "times with each choice of it");
  job_app
      ->add_option("executor", job.model,
                   "An executor, a model, a runtime, or a folder with a manifest; see: bakeoff list executors")
      ->required();
  job_app->add_option("job", job.job, "See: bakeoff list jobs")->required();
  add_whole(*job_app, "--units", job.units, "How many units share the work; default: one per CPU", 1, kMostUnits);
  add_whole(*job_app, "--size", job.size, "The amount of work, in the job's own measure; default: the job's own", 1,
            kMostSize);
  add_format(*job_app, job.format, {"terminal", "json"}, choices);

  ProbeOptions probe;
  CLI::App* probe_app = app.add_subcommand("probe", "Measure once what a mechanism costs, or show what it does");
  probe_app
      ->add_option("probe", probe.probe,
                   "A probe, with or without settings, or what several probes measure, such as switch; see: bakeoff "
                   "list probes")
      ->required();
  add_format(*probe_app, probe.format, {"terminal", "json"}, choices);

  ReportCommands reports;
  add_report_commands(app, reports, choices);
  DecideOptions decide;
  decide.arguments.assign(argv, argv + argc);
  CLI::App* decide_app = add_decide_command(app, decide, choices);

  ClaimsOptions claims;
  claims.arguments.assign(argv, argv + argc);
  CLI::App* claims_app = add_claims_command(app, claims, choices);

  SelftestOptions selftest;
  CLI::App* selftest_app = add_selftest_command(app, selftest, choices);

  DoctorOptions doctor;
  CLI::App* doctor_app = app.add_subcommand(
      "doctor", "Tell what this machine lacks, what makes its figures less reliable, and which commands fix it");
  add_format(*doctor_app, doctor.format, {"terminal", "json"}, choices);

  CLI::App* version_app = app.add_subcommand("version", "Print the version and how it was built");

  HelpOptions help_options;
  CLI::App* help_app = app.add_subcommand("help", "Explain a subcommand, or the words that bakeoff uses");
  CLI::Option* topic = help_app->add_option("topic", help_options.topic,
                                            "A subcommand; `words` for all words; or one of the words. Without a "
                                            "topic, the program as a whole");
  add_format(*help_app, help_options.format, kHelpFormats, choices);
  choices[topic] = subcommand_names(app);
  choices[topic].emplace_back(kWordsTopic);

  CLI::App* agent_app = app.add_subcommand("agent", "")->group("");  // How bakeoff starts its own load,
  CLI::App* guard_app = app.add_subcommand("guard", "")->group("");  // and what ends a server if bakeoff is killed.

  const auto help_data = [&] {
    help::ProgramHelp program = program_help(app, choices);
    add_notes(program);
    return program;
  };

  try {
    refuse_unknown_subcommand(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return help_command({.topic = chosen.empty() ? "" : chosen.front()->get_name()}, help_data());
  } catch (const CLI::RequiredError&) {
    // The command itself says which word it lacks, and lists what there is.
  } catch (const CLI::ParseError& error) {
    throw UsageError(in_our_words(app, error));
  }

  if (*agent_app) return load::run_agent();
  if (*guard_app) return subjects::run_watchdog();
  subjects::catch_interrupts();
  if (version || *version_app) return version_command();
  if (*list_app) return list_command(list);
  if (*reports.report_app) return report_command(reports.report);
  if (*reports.compare_app) return compare_command(reports.compare);
  if (*claims_app) return claims_command(claims);
  if (*doctor_app) return doctor_command(doctor);
  if (*serving.make_files_app) return make_files_command(serving.make_files);
  if (*help_app) return help_command(help_options, help_data());
  // From here on programs are started and measured.
  if (const std::string refused = measure::refused_call(); !refused.empty()) throw std::runtime_error(refused);
  if (*serving.serve_app) return serve_command(serving.serve);
  if (*load_app) {
    if (load.requests && load_app->count("--warmup") == 0) load.warmup = "0";
    if (const char* password = std::getenv(load::kPasswordVariable)) load.redis_password = password;
    return load_command(load);
  }
  if (*conform_app) return conform_command(conform);
  if (*prepare_app) return prepare_command(prepare);
  if (*syscalls_app) {
    syscalls.subjects = CLI::detail::split(traced, ',');
    return syscalls_command(syscalls);
  }
  if (*job_app) return job_command(job);
  if (*probe_app) return probe_command(probe);
  if (*decide_app) return decide_command(decide);
  if (*selftest_app) return selftest_command(selftest);
  return run_command(run);
}

}  // namespace bakeoff::commands
