#include "harness/commands/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <type_traits>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/load_plan.h"
#include "harness/commands/render.h"
#include "harness/experiment/spec.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/load/agent.h"
#include "harness/measure/system_calls.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/watchdog.h"

namespace bakeoff::commands {
namespace {

// Bounds of the options; those of an experiment's keys are the same.
constexpr std::uint64_t kMostUnits = 1'000'000;
constexpr std::uint64_t kMostSize = 1'000'000'000'000;
constexpr std::uint64_t kMostConnections = 1'000'000;
constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;

const char* const kFooter = R"(
Without a subcommand, bakeoff runs the shipped experiment "quick".
Exit status: 0 done, 1 failed, 2 bad usage or input, 3 a gate not met, 4 no valid number, 130 interrupted. Output that
cannot be written is a failure. A reader that stops early (| head) is not.)";

/// An unknown format is refused with the list of those that exist.
void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& formats) {
  const auto take = [&format, formats](const std::string& given) { format = check_name("format", given, formats); };
  command.add_option_function<std::string>("--format", take, "Output: " + input::join_names(formats))
      ->type_name("FORMAT");
}

/// The name by which messages call an option: "--connections" for "-c,--connections".
std::string long_name(const std::string& names) {
  return names.substr(names.rfind(',') + 1);
}

/// A whole number within bounds. CLI11's own conversion takes -1 for 2^64 - 1 and 010 for 8. A value that the number
/// has already is shown as the default.
template <typename Number>
void add_whole(CLI::App& command, const std::string& names, Number& number, const std::string& help,
               std::uint64_t least, std::uint64_t most) {
  const auto take = [&number, name = long_name(names), least, most](const std::string& text) {
    if constexpr (requires { typename Number::value_type; }) {
      number = static_cast<typename Number::value_type>(input::parse_whole(name, text, least, most));
    } else {
      number = static_cast<Number>(input::parse_whole(name, text, least, most));
    }
  };
  CLI::Option* option = command.add_option_function<std::string>(names, take, help)->type_name("N");
  if constexpr (std::is_integral_v<Number>) option->default_str(std::to_string(number));
}

/// A text that `parse` reads or throws UsageError for; `type` says in the help what it is. A value that it has
/// already is shown as the default.
template <typename Parse>
void add_parsed(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
                const std::string& type, Parse parse) {
  CLI::Option* option = command.add_option(names, text, help)->type_name(type);
  if (!text.empty()) option->capture_default_str();
  option->check([parse, name = long_name(names)](const std::string& given) {
    parse(name, given);
    return std::string();
  });
}

/// What a gate does with cells that it can decide neither way.
void add_unknown(CLI::App& command, std::string& unknown) {
  command
      .add_option(
          "--unknown", unknown,
          "With --fail-on-regression: what to do about a cell whose interval does not exclude such a regression: "
          "fail (the default: exit 4) or pass (with a warning)")
      ->type_name("WORD")
      ->check([](const std::string& given) {
        if (given == "fail" || given == "pass") return std::string();
        return "found \"" + given + "\", expected fail or pass";
      });
}

void add_time(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
              bool may_be_none = false) {
  add_parsed(command, names, text, help, "TIME", [may_be_none](const std::string& name, const std::string& given) {
    input::parse_duration_s(name, given, may_be_none);
  });
}

void add_share(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
               double least = 0) {
  add_parsed(command, names, text, help, "SHARE",
             [least](const std::string& name, const std::string& given) { input::parse_share(name, given, least); });
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
      if (!option->get_positional()) names.push_back(option->get_name());
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

/// CLI11 says "The following arguments were not expected: rnu"; a user wants to be told which subcommands exist.
void refuse_unknown_subcommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string given = argv[1];
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == given) return;
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  throw UsageError("found subcommand \"" + given + "\", expected one of " + input::join_names(names) +
                   input::did_you_mean(given, names));
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"bakeoff: identical work under different concurrency models, and what each model costs.", "bakeoff"};
  app.footer(kFooter);
  app.require_subcommand(0, 1);
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
          "Run only these, separated by commas. A folder (./servers) stands for the servers whose manifests are in it; "
          "given without names, it adds them to the experiment's subjects")
      ->delimiter(',')
      ->type_name("NAMES");
  run_app->add_option("--workloads", run.workloads, "Run only the tables of these workloads and jobs")
      ->delimiter(',')
      ->type_name("NAMES");
  run_app
      ->add_option("--set", run.set,
                   "A number of the tables instead of the file's, or a list of numbers, which makes a sweep: "
                   "connections=128, 'connections=[1,4,16]'; may be given several times")
      ->type_name("KEY=VALUE")
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
  add_unknown(*run_app, run.unknown);
  add_format(*run_app, run.format, kReportFormats);

  ListOptions list;
  CLI::App* list_app = app.add_subcommand("list", "List what there is: models, servers, workloads, jobs, experiments");
  list_app->add_option("what", list.what, "models, servers, subjects (both), workloads, jobs or experiments");
  add_format(*list_app, list.format, {"terminal", "md", "json"});

  ServeOptions serve;
  CLI::App* serve_app = app.add_subcommand(
      "serve", "Serve a workload with a model or a real server, for any client: curl, redis-cli, wrk, ab");
  serve_app->add_option("model", serve.model, "A model or a server; see: bakeoff list subjects")->required();
  serve_app->add_option("workload", serve.workload, "See: bakeoff list workloads")->required();
  add_whole(*serve_app, "--port", serve.port, "The port on 127.0.0.1; 0 takes a free one", 0, 65535);
  add_whole(*serve_app, "--units", serve.units, "How many units the model has", 1, kMostUnits);
  add_whole(*serve_app, "--message-bytes", serve.message_bytes, "For echo: the size of a message", 1,
            kMostMessageBytes);

  LoadOptions load;
  CLI::App* load_app =
      app.add_subcommand("load", "Put a load on a server, check its replies, and report throughput, latency and cost");
  load_app
      ->add_option("url", load.url,
                   "tcp://HOST:PORT (echo), http://HOST[:PORT]/TARGET, "
                   "redis://HOST[:PORT]/incr/KEY, get/KEY, set/KEY or ping")
      ->required();
  add_whole(*load_app, "-c,--connections", load.shape.connections, "Connections", 1, kMostConnections);
  add_time(*load_app, "-d,--duration", load.duration, "The length of the measured window");
  add_time(*load_app, "--warmup", load.warmup, "Time before the window that is not counted", true);
  add_parsed(
      *load_app, "--rate", load.rate,
      "Open loop: this many requests per second whatever the server does, like 5000 or 20k, or a ramp like 1k:20k. "
      "Without it, closed loop: each connection sends its next request after the reply to the last one",
      "RATE", [](const std::string&, const std::string& text) { input::parse_rates("--rate", text); });
  load_app->add_flag("--poisson", load.shape.poisson,
                     "With --rate or --slo: the times between requests are exponential instead of even");
  add_parsed(
      *load_app, "--slo", load.slo,
      "A limit like p99=5ms (p50, p90, p99, p99.9, max, mean; us, ms, s). Searches for the highest rate that "
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
  add_whole(*load_app, "--message-bytes", load.shape.message_bytes, "For tcp: the size of a message", 1,
            kMostMessageBytes);
  load_app->add_flag("--spin", load.shape.spin,
                     "Never sleep: spend a whole CPU to keep the generator's own wake-ups out of the latencies");
  load_app->add_flag("--no-ceiling", load.no_ceiling,
                     "Skip the extra second after the load that measures the most the generator could do");
  load_app->add_option("--source", load.sources, "Local addresses to connect from, separated by commas")
      ->delimiter(',')
      ->type_name("ADDRESSES");
  add_parsed(*load_app, "--cpus", load.cpus,
             "CPUs of the generator, which has one thread on each, like 1 or 0,2-3; default: the second half", "CPUS",
             [](const std::string&, const std::string& text) { generator_cpus(text); });
  add_whole(*load_app, "--seed", load.seed, "The seed that determines the content of all requests", 0, INT64_MAX);
  load_app
      ->add_option("--series", load.series, "Write one JSON line per second to this file: rate, errors, percentiles")
      ->type_name("FILE");
  load_app
      ->add_option("--histogram", load.histogram,
                   "Write the latencies to this file: percentiles for HdrHistogram's plotters, or exact buckets if it "
                   "is a .json")
      ->type_name("FILE");
  add_format(*load_app, load.format, {"terminal", "json"});

  SyscallsOptions syscalls;
  CLI::App* syscalls_app = app.add_subcommand(
      "syscalls", "Count the system calls that subjects make per request, side by side; needs strace");
  std::string traced;  // One word: a list would take the workload as one more element.
  syscalls_app->add_option("subjects", traced, "Models or servers, separated by commas")->required();
  syscalls_app->add_option("workload", syscalls.workload, "See: bakeoff list workloads")->required();
  syscalls_app
      ->add_option("--request", syscalls.request, "The request, as in an experiment file; default: the workload's own")
      ->type_name("REQUEST");
  add_whole(*syscalls_app, "-c,--connections", syscalls.connections, "Connections", 1, 10'000);
  add_format(*syscalls_app, syscalls.format, kReportFormats);

  JobOptions job;
  CLI::App* job_app = app.add_subcommand("job", "Run a job once, on one kind of unit");
  job_app->add_option("model", job.model, "An executor or a model, with or without settings; see: bakeoff list")
      ->required();
  job_app->add_option("job", job.job, "See: bakeoff list jobs")->required();
  add_whole(*job_app, "--units", job.units, "How many units share the work; default: one per CPU", 1, kMostUnits);
  add_whole(*job_app, "--size", job.size, "The amount of work, in the job's own measure; default: the job's own", 1,
            kMostSize);
  add_format(*job_app, job.format, {"terminal", "json"});

  ProbeOptions probe;
  CLI::App* probe_app = app.add_subcommand("probe", "Measure once what a mechanism costs, or show what it does");
  probe_app
      ->add_option("probe", probe.probe, "A probe, with or without settings, or what several probes measure: switch")
      ->required();
  add_format(*probe_app, probe.format, {"terminal", "json"});

  ReportOptions report;
  CLI::App* report_app = app.add_subcommand("report", "Print the tables of recorded rows, without running anything");
  report_app->add_option("folder", report.folder, "A result folder");
  report_app->add_flag("--last", report.last, "Take the newest run in ./bakeoff-results");
  add_format(*report_app, report.format, kReportFormats);

  CompareOptions compare;
  CLI::App* compare_app = app.add_subcommand(
      "compare",
      "Tell what changed between two recorded runs, by each subject's ratio to a floor subject within its own run");
  compare_app->add_option("before", compare.before, "The result folder of run 1")->required();
  compare_app->add_option("after", compare.after, "The result folder of run 2");
  compare_app->add_flag("--last", compare.last, "Take the newest run in ./bakeoff-results as run 2");
  compare_app
      ->add_option("--floor", compare.floor,
                   "The subject to which ratios are taken; default: the baseline of both runs")
      ->type_name("NAME");
  add_share(*compare_app, "--margin", compare.margin,
            "How much two runs of one commit may differ (default 5%): an interval wholly beyond it is better or worse, "
            "one wholly within twice of it is the same");
  add_share(*compare_app, "--fail-on-regression", compare.fail_on_regression,
            "Exit 3 if a cell is worse and its median change is this much (5%) or more");
  add_unknown(*compare_app, compare.unknown);
  add_format(*compare_app, compare.format, kReportFormats);

  SelftestOptions selftest;
  CLI::App* selftest_app = app.add_subcommand(
      "selftest",
      "Test the harness on this machine, in about 90 s: servers that stall or answer wrongly on purpose must be "
      "noticed, one that does 5 % more work must be found, and equal things must not be told apart. Exit 4 says that "
      "this machine was too noisy to tell");
  selftest_app
      ->add_option("--only", selftest.only,
                   "Run only these kinds of checks, separated by commas: null, stall, wrong, more-work, same, slices")
      ->delimiter(',')
      ->type_name("NAMES");
  add_time(*selftest_app, "--patience", selftest.patience,
           "The longest total wait for other programs to leave the CPUs after they disturbed a window");
  add_format(*selftest_app, selftest.format, {"terminal", "json"});

  DoctorOptions doctor;
  CLI::App* doctor_app = app.add_subcommand(
      "doctor", "Tell what this machine lacks, what makes its figures less reliable, and which commands fix it");
  add_format(*doctor_app, doctor.format, {"terminal", "json"});

  CLI::App* version_app = app.add_subcommand("version", "Print the version and how it was built");
  CLI::App* agent_app = app.add_subcommand("agent", "")->group("");  // How bakeoff starts its own load,
  CLI::App* guard_app = app.add_subcommand("guard", "")->group("");  // and what ends a server if bakeoff is killed.

  try {
    refuse_unknown_subcommand(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    std::fputs((chosen.empty() ? app.help() : chosen.front()->help("bakeoff")).c_str(), stdout);
    return kDone;
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
  if (*report_app) return report_command(report);
  if (*compare_app) return compare_command(compare);
  if (*doctor_app) return doctor_command(doctor);
  // From here on programs are started and measured.
  if (const std::string refused = measure::refused_call(); !refused.empty()) throw std::runtime_error(refused);
  if (*serve_app) return serve_command(serve);
  if (*load_app) return load_command(load);
  if (*syscalls_app) {
    syscalls.subjects = CLI::detail::split(traced, ',');
    return syscalls_command(syscalls);
  }
  if (*job_app) return job_command(job);
  if (*probe_app) return probe_command(probe);
  if (*selftest_app) return selftest_command(selftest);
  return run_command(run);
}

}  // namespace bakeoff::commands
