#include "harness/commands/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "harness/commands/commands.h"
#include "harness/commands/show.h"
#include "harness/experiment/nearest.h"
#include "harness/load/agent.h"
#include "harness/measure/system_calls.h"
#include "harness/subjects/guard.h"

namespace bakeoff {
namespace {

const char* const kFooter = R"(
Without a subcommand, bakeoff runs the shipped experiment "quick".
Exit status: 0 done, 1 failed, 2 bad usage or input, 3 a gate not met, 4 no valid number, 130 interrupted. Output that
cannot be written is a failure; a reader that has gone (| head) is none.)";

/// A format that is none gets the list of those there are.
void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& formats) {
  command.add_option("--format", format, "Output: " + join_names(formats))->check([formats](const std::string& given) {
    if (std::find(formats.begin(), formats.end(), given) != formats.end()) return std::string();
    return "found \"" + given + "\", expected one of " + join_names(formats) + did_you_mean(given, formats);
  });
}

/// What a gate does with cells of which it cannot tell.
void add_unknown(CLI::App& command, std::string& unknown) {
  command
      .add_option(
          "--unknown", unknown,
          "With --fail-on-regression: what becomes of a cell whose interval does not exclude such a regression: "
          "fail (the default: exit 4) or pass (said loudly)")
      ->check([](const std::string& given) {
        if (given == "fail" || given == "pass") return std::string();
        return "found \"" + given + "\", expected fail or pass";
      });
}

/// CLI11 says "The following arguments were not expected: rnu"; a user wants to hear what there is.
void refuse_unknown_subcommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string given = argv[1];
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == given) return;
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  throw UsageError("found subcommand \"" + given + "\", expected one of " + join_names(names) +
                   did_you_mean(given, names));
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
  run_app->add_option("experiment", run.experiment,
                      "A shipped experiment (bakeoff list experiments) or a TOML file; default quick");
  run_app
      ->add_option(
          "--subjects", run.subjects,
          "Only these, separated by commas. A folder (./servers) brings in the servers whose manifests lie in it; "
          "without names beside it, they join the experiment's subjects")
      ->delimiter(',');
  run_app->add_option("--workloads", run.workloads, "Only the tables of these workloads and jobs")->delimiter(',');
  run_app->add_option("--out", run.out, "Folder for rows and report; default ./bakeoff-results/NAME/TIME-HOST");
  run_app->add_option("--blocks", run.blocks, "How often every subject runs in each table; with --precision at least");
  run_app->add_option("--precision", run.precision,
                      "Go on until the interval of every ratio reaches no further than this from it (2%)");
  run_app->add_option("--budget", run.budget, "Begin no new block after this long (90s, 5m)");
  run_app->add_flag(
      "--resume", run.resume,
      "Go on with a run that was cut off, in --out or in the experiment's newest folder in ./bakeoff-results");
  run_app->add_flag("--dry-run", run.dry_run, "Print what would run, in which order and how long; run nothing");
  run_app->add_option("--against", run.against,
                      "Another build (its folder, or its bakeoff-subject): every subject runs in both, side by side");
  run_app->add_option("--fail-on-regression", run.fail_on_regression,
                      "With --against: exit 3 when this build is found worse than the other by this much (5%)");
  add_unknown(*run_app, run.unknown);
  add_format(*run_app, run.format, kReportFormats);

  ListOptions list;
  CLI::App* list_app = app.add_subcommand("list", "What there is: models, servers, workloads, jobs, experiments");
  list_app->add_option("what", list.what, "models, servers, subjects (both), workloads, jobs or experiments");
  add_format(*list_app, list.format, {"terminal", "md", "json"});

  ServeOptions serve;
  CLI::App* serve_app = app.add_subcommand(
      "serve", "Serve a workload under a model or by a real server, for any client: curl, redis-cli, wrk, ab");
  serve_app->add_option("model", serve.model, "A model or a server, see: bakeoff list subjects")->required();
  serve_app->add_option("workload", serve.workload, "See: bakeoff list workloads")->required();
  serve_app->add_option("--port", serve.port, "On 127.0.0.1; 0, the default, takes a free one");
  serve_app->add_option("--units", serve.units, "How many of its units");
  serve_app->add_option("--message-bytes", serve.message_bytes, "echo: the size of a message");

  LoadOptions load;
  CLI::App* load_app = app.add_subcommand("load", "Load a server, check what it answers, and say what it took");
  load_app
      ->add_option("url", load.url,
                   "tcp://HOST:PORT (echo), http://HOST[:PORT]/TARGET, "
                   "redis://HOST[:PORT]/incr/KEY, get/KEY, set/KEY or ping")
      ->required();
  load_app->add_option("-c,--connections", load.connections, "Connections")->capture_default_str();
  load_app->add_option("-d,--duration", load.duration, "Length of the measured window")->capture_default_str();
  load_app->add_option("--warmup", load.warmup, "Time before the window that does not count")->capture_default_str();
  load_app->add_option("--rate", load.rate,
                       "Open loop: requests a second whatever the server does, as 5000 or 20k; a ramp as 1k:20k. "
                       "Without it, closed loop: each connection asks again when it has been answered");
  load_app->add_flag("--poisson", load.poisson,
                     "With --rate or --slo: exponential times between requests instead of even ones");
  load_app->add_option("--slo", load.slo,
                       "A limit as p99=5ms (p50, p90, p99, p99.9, max, mean; us, ms, s): looks for the highest rate "
                       "that meets it; with --rate, whether that rate does. Exit 3 when it is not met, 4 when too many "
                       "loads were void to tell");
  load_app->add_option("--pipeline", load.pipeline, "Requests on the way on one connection")->capture_default_str();
  load_app->add_flag("--churn", load.churn, "A new connection for every request");
  load_app->add_option("--idle", load.idle, "Silent connections beside the load");
  load_app->add_option("--slow-senders", load.slow_senders, "Connections beside the load that send a byte at a time");
  load_app->add_option("--slow-readers", load.slow_readers, "Connections beside the load that ask and never read");
  load_app->add_option("--timeout", load.timeout, "A request that waits longer for its reply is given up and counted")
      ->capture_default_str();
  load_app
      ->add_option("--backlog", load.backlog,
                   "With --rate: requests that may be due and unsent; beyond it the oldest is shed")
      ->capture_default_str();
  load_app->add_flag("--no-verify", load.no_verify, "Do not compare replies with what was asked (pages that change)");
  load_app->add_option("--message-bytes", load.message_bytes, "tcp: size of a message")->capture_default_str();
  load_app->add_flag("--spin", load.spin, "Never sleep: a whole CPU for latencies without the generator's own wake-up");
  load_app->add_flag("--no-ceiling", load.no_ceiling,
                     "Do not measure, in a second behind the load, what the generator could do at most");
  load_app->add_option("--source", load.sources, "Local addresses to connect from, separated by commas")
      ->delimiter(',');
  load_app->add_option("--cpus", load.cpus,
                       "CPUs of the generator, a thread on each, as 1 or 0,2-3; default: the second half");
  load_app->add_option("--seed", load.seed, "Fixes the content of all requests")->capture_default_str();
  load_app->add_option("--series", load.series, "File for a JSON line a second: rate, errors, percentiles");
  load_app->add_option("--histogram", load.histogram,
                       "File for the latencies: percentiles for HdrHistogram's plotters, or exact buckets as .json");
  add_format(*load_app, load.format, {"terminal", "json"});

  SyscallsOptions syscalls;
  CLI::App* syscalls_app = app.add_subcommand(
      "syscalls", "Count the system calls that subjects make for a request, side by side; needs strace");
  std::string traced;  // One word: a list would take the workload for one more of its own.
  syscalls_app->add_option("subjects", traced, "Models or servers, separated by commas")->required();
  syscalls_app->add_option("workload", syscalls.workload, "See: bakeoff list workloads")->required();
  syscalls_app->add_option("--request", syscalls.request, "As in an experiment; default: the workload's own");
  syscalls_app->add_option("-c,--connections", syscalls.connections, "Connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  add_format(*syscalls_app, syscalls.format, kReportFormats);

  JobOptions job;
  CLI::App* job_app = app.add_subcommand("job", "Run a job on one kind of unit, once");
  job_app->add_option("model", job.model, "An executor or a model, with settings or without; see: bakeoff list")
      ->required();
  job_app->add_option("job", job.job, "See: bakeoff list jobs")->required();
  job_app->add_option("--units", job.units, "How many units share the work; default: one a CPU");
  job_app->add_option("--size", job.size, "The job's measure of work; default: the job's own");
  add_format(*job_app, job.format, {"terminal", "json"});

  ProbeOptions probe;
  CLI::App* probe_app = app.add_subcommand("probe", "Measure what one mechanism costs, or show what it does, once");
  probe_app->add_option("probe", probe.probe, "A probe, with settings or without, or what several measure: switch")
      ->required();
  add_format(*probe_app, probe.format, {"terminal", "json"});

  ReportOptions report;
  CLI::App* report_app = app.add_subcommand("report", "Print the tables of recorded rows, without running anything");
  report_app->add_option("folder", report.folder, "A result folder");
  report_app->add_flag("--last", report.last, "The newest run in ./bakeoff-results");
  add_format(*report_app, report.format, kReportFormats);

  CompareOptions compare;
  CLI::App* compare_app = app.add_subcommand(
      "compare", "What changed between two recorded runs, from each subject's ratio to a floor within its own run");
  compare_app->add_option("before", compare.before, "A result folder: run 1")->required();
  compare_app->add_option("after", compare.after, "Another: run 2");
  compare_app->add_flag("--last", compare.last, "Run 2 is the newest run in ./bakeoff-results");
  compare_app->add_option("--floor", compare.floor,
                          "The subject that ratios are taken to; default: the baseline of both runs");
  compare_app->add_option("--margin", compare.margin,
                          "What two runs of one commit may differ by (default 5%): better and worse lie wholly beyond "
                          "it, the same lies wholly within twice of it");
  compare_app->add_option("--fail-on-regression", compare.fail_on_regression,
                          "Exit 3 when a cell is worse, and by this much (5%) or more in the middle");
  add_unknown(*compare_app, compare.unknown);
  add_format(*compare_app, compare.format, kReportFormats);

  SelftestOptions selftest;
  CLI::App* selftest_app = app.add_subcommand(
      "selftest",
      "Prove the harness on this machine, in about 70 s: servers that stall or answer wrongly on purpose must be "
      "noticed, one that does 5 % more work must be found, and things that are the same must not be told apart");
  selftest_app
      ->add_option("--only", selftest.only,
                   "Only these kinds of checks, separated by commas: null, stall, wrong, more-work, same")
      ->delimiter(',');
  selftest_app
      ->add_option("--patience", selftest.patience,
                   "How long to wait, in all, for others to leave the CPUs after a window that they disturbed")
      ->capture_default_str();
  add_format(*selftest_app, selftest.format, {"terminal", "json"});

  DoctorOptions doctor;
  CLI::App* doctor_app = app.add_subcommand(
      "doctor", "What this machine lacks, what makes its figures worth less, and the commands that mend it");
  add_format(*doctor_app, doctor.format, {"terminal", "json"});

  CLI::App* version_app = app.add_subcommand("version", "Print the version and how it was built");
  CLI::App* agent_app = app.add_subcommand("agent", "")->group("");  // how bakeoff starts its own load
  CLI::App* guard_app = app.add_subcommand("guard", "")->group("");  // and who ends a server if bakeoff is killed

  try {
    refuse_unknown_subcommand(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    std::fputs((chosen.empty() ? app.help() : chosen.front()->help("bakeoff")).c_str(), stdout);
    return kDone;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }

  if (*agent_app) return run_agent();
  if (*guard_app) return run_guard();
  catch_interrupts();
  if (version || *version_app) return version_command();
  if (*list_app) return list_command(list);
  if (*report_app) return report_command(report);
  if (*compare_app) return compare_command(compare);
  if (*doctor_app) return doctor_command(doctor);
  // From here on programs are started and measured.
  if (const std::string refused = refused_call(); !refused.empty()) throw std::runtime_error(refused);
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

}  // namespace bakeoff
