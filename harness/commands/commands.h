// The subcommands, one file each: plain options in, exit status out. cli.cpp fills the options from the command line.
// Results go to stdout; progress and messages to stderr. Bad usage is thrown as UsageError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/commands/help/program_help.h"
#include "harness/input/input_error.h"
#include "harness/journal/load_shape.h"

namespace bakeoff::commands {

enum ExitStatus : int {
  kDone = 0,
  kFailed = 1,
  kBadUsage = 2,
  kNotMet = 3,         ///< A gate or an SLO.
  kNoValid = 4,        ///< There is no number that may be believed.
  kInterrupted = 130,  ///< Ctrl-C; what was measured until then has been kept and shown.
};

/// Something that the user asked for cannot be done.
class UsageError : public input::InputError {
 public:
  using input::InputError::InputError;
};

struct RunOptions {
  std::string experiment;  ///< A shipped experiment's name or a file; "" is quick, or what a resumed folder holds.
  std::vector<std::string> tables;               ///< Only these; empty: all.
  std::vector<std::string> subjects, workloads;  ///< A folder among the subjects stands for the manifests in it.
  std::vector<std::filesystem::path> with;       ///< Folders with programs that the experiment may name.
  std::vector<std::string> set;                  ///< "connections=128", "connections=[1,4,16]".
  std::filesystem::path out;                     ///< "": a new folder in bakeoff-results/NAME.
  std::string budget, precision;                 ///< "5m", "2%"; "" keeps the experiment's.
  std::optional<std::uint64_t> blocks;           ///< Absent keeps the experiment's.
  bool resume = false;                           ///< Continues in `out`, or in the newest folder of the experiment.
  bool dry_run = false;                          ///< Prints the plan and runs nothing.
  bool one_by_one = false;                       ///< No block in slices.
  std::filesystem::path against;                 ///< Another build; "" for none.
  std::string fail_on_regression;                ///< "5%"; "" for no gate. Only with `against`.
  std::string unknown;  ///< What the gate does with a cell that cannot be decided: "fail" ("") or "pass".
  bool quiet = false;   ///< Prints neither tables nor where they are: the caller shows the rows.
  std::string format = "terminal";
  std::vector<std::string> arguments;  ///< The command line, for the manifest.
};
int run_command(const RunOptions& options);

/// What `list` can be asked for. Subjects are models, servers and runtimes.
inline const std::vector<std::string> kListKinds{"models", "servers",   "runtimes", "subjects",    "workloads",
                                                 "jobs",   "executors", "probes",   "experiments", "profiles"};

struct ListOptions {
  std::string what;  ///< One of kListKinds; "" lists everything.
  std::string format = "terminal";
};
int list_command(const ListOptions& options);

struct ServeOptions {
  std::string model, workload;
  std::uint16_t port = 0;
  std::string unix_socket;  ///< Listened on instead of a port; "" for a port.
  std::optional<std::uint64_t> units, message_bytes;
  std::filesystem::path files;  ///< The root of the files that it serves; "" for none.
  /// What it calls: a URL, or the name of a back end that is started beside it (back_end_server.h); "" for nothing.
  std::string back_end;
  std::optional<std::uint64_t> pool, call_timeout_ms;
};
int serve_command(const ServeOptions& options);

struct MakeFilesOptions {
  std::filesystem::path folder;
  std::uint64_t count = 1000;
  std::string bytes = "fixed:51200";  ///< As FileSet::bytes.
};
int make_files_command(const MakeFilesOptions& options);

struct LoadOptions {
  std::string url;                              ///< Or the name of a subject, which is started for the load.
  std::string workload;                         ///< What it serves then; "" beside a URL.
  std::string redis_password;                   ///< Of load::kPasswordVariable: for a URL without one.
  journal::LoadShape shape{.connections = 64};  ///< What `url` and `rate` say is not in it yet.
  std::string duration = "10s", warmup = "1s", timeout = "5s";
  std::string rate;                 ///< "5000", "20k", "1k:20k" (a ramp); "" is the closed loop.
  std::string slo;                  ///< "p99=5ms": without a rate, the highest that meets it is looked for. "": none.
  std::string stairs;               ///< "1k,2k,4k:10s": these rates one after the other, each for that long. "": none.
  std::vector<std::string> fields;  ///< http: "Name: value".
  std::string method;               ///< http: "" is GET, or POST where there is a body.
  std::string body;                 ///< http: text, or @FILE.
  std::filesystem::path urls;       ///< http: a list of targets (url_list.h); "" for the URL's own.
  bool urls_in_order = false;
  std::optional<std::uint64_t> requests;  ///< That the window sends; absent: as many as it takes.
  bool no_verify = false, no_ceiling = false;
  bool fail_on_errors = false;  ///< kNotMet where a request failed or was answered wrongly.
  std::uint64_t backlog = 100'000;
  std::vector<std::string> sources;
  std::string unix_socket;  ///< Connected to instead of the URL's host and port; "": those are.
  std::string cpus;         ///< "" takes the load's half of the allowed ones.
  std::uint64_t seed = 1;
  std::filesystem::path series;     ///< Seconds of the window as JSON lines; "" writes none, "-" on stdout.
  std::filesystem::path histogram;  ///< .json: exact buckets; otherwise HdrHistogram's percentile text.
  std::filesystem::path metrics;    ///< For Prometheus, written anew each second; "" writes none.
  std::string format = "terminal";
};
int load_command(const LoadOptions& options);
/// The same where the options name a subject and its workload: it is started before, and stopped after.
int load_subject_command(const LoadOptions& given);

struct SyscallsOptions {
  std::vector<std::string> subjects;
  std::string workload, request;
  std::uint64_t connections = 32;
  std::string format = "terminal";
};
int syscalls_command(const SyscallsOptions& options);

struct ConformOptions {
  std::string subject;                       ///< A subject, or a folder of manifests.
  std::vector<std::string> workloads;        ///< Empty: all that it serves.
  std::optional<std::uint64_t> connections;  ///< At once; absent: as many as suit the subject.
  std::string format = "terminal";
};
/// Exits with kFailed where something is not as it should be, or was not tried.
int conform_command(const ConformOptions& options);

struct PrepareOptions {
  std::vector<std::string> subjects;  ///< Or folders of manifests; empty: all that have something to build.
};
/// Exits with kFailed where a build fails.
int prepare_command(const PrepareOptions& options);

struct JobOptions {
  std::string model, job;
  std::optional<std::int64_t> units, size;
  std::string format = "terminal";
};
int job_command(const JobOptions& options);

struct ProbeOptions {
  std::string probe;  ///< A name, with or without settings, or what several probes measure: "switch".
  std::string format = "terminal";
};
int probe_command(const ProbeOptions& options);

/// The phases of a decision that can be left out, in their order.
inline const std::vector<std::string> kDecidePhases{"traffic", "sensitivity"};

struct DecideOptions {
  std::string profile;  ///< A shipped profile, a file, or the folder of a decision; "" for none.
  std::vector<std::pair<std::string, std::string>> given;  ///< Keys of a profile with their texts (decide/profile.h).
  std::filesystem::path out;                               ///< "": the newest folder of the profile, or a new one.
  std::filesystem::path adr;                               ///< The file of the record; "": only that in the folder.
  std::vector<std::string> skip;                           ///< Of kDecidePhases.
  std::vector<std::string> confirm;                        ///< The decision that is measured again.
  std::vector<std::string> expect;                         ///< "threads.cpu_us_per_request<12"
  bool again = false;                                      ///< Measures anew.
  std::string format = "terminal";
  std::vector<std::string> arguments;  ///< The command line, for the manifests.
};
/// Exits with kNotMet where a decision that is to be confirmed no longer holds, or an expectation does not.
int decide_command(const DecideOptions& options);

struct ClaimsOptions {
  std::vector<std::string> words;           ///< "show" or "run", and ids of claims; none: the ledger.
  std::string theme;                        ///< The title of one; "": all.
  std::vector<std::filesystem::path> from;  ///< Where results lie; none: those of the repository.
  std::vector<std::filesystem::path> with;  ///< Folders with further claims, their experiments and their programs.
  std::filesystem::path out;                ///< Of `run`: where its results go; "": bakeoff-results/claims.
  std::string budget;                       ///< Of `run`: "10m"; "" for none.
  bool dry_run = false;                     ///< Of `run`: prints its steps and measures nothing.
  std::vector<std::string> arguments;       ///< The command line, for the manifests.
  std::string format = "terminal";
};
int claims_command(const ClaimsOptions& options);

struct ReportOptions {
  std::vector<std::filesystem::path> folders;  ///< Empty if `last`; more than one only as pages.
  bool last = false;                           ///< Takes the newest run in bakeoff-results.
  bool trials = false;                         ///< Prints the attempts instead of tables: csv or json.
  bool histograms = false;                     ///< The same of their latencies, with or without `trials`.
  std::string format = "terminal";
  /// html: the file of the page, or of the index of several; "" prints the page. svg, pdf: the folder of the plots; ""
  /// is "plots" in the result's.
  std::filesystem::path out;
  bool open = false;  ///< html: shows the page in the user's browser.
};
int report_command(const ReportOptions& options);

struct CompareOptions {
  std::filesystem::path before, after;  ///< Result folders; `after` is "" if `last`.
  bool last = false;                    ///< `after` is the newest run in bakeoff-results.
  std::string floor;                    ///< A subject that both have; "" takes the baseline that both name.
  std::string margin;                   ///< "5%"; "" takes kRunToRunMargin (stats/change.h).
  std::string fail_on_regression;       ///< "5%"; "" never fails.
  std::string unknown;                  ///< As in RunOptions.
  std::string format = "terminal";
};
int compare_command(const CompareOptions& options);

struct SelftestOptions {
  std::vector<std::string> only;      ///< Kinds of checks; empty for all.
  std::vector<std::string> subjects;  ///< Each is compared with itself, and nothing else is checked.
  std::string patience = "2m";        ///< The total wait for quiet moments.
  std::string format = "terminal";
};
int selftest_command(const SelftestOptions& options);

struct DoctorOptions {
  std::string format = "terminal";
};
int doctor_command(const DoctorOptions& options);

int version_command();

/// The help on a terminal; the manual page; the completions of three shells.
inline const std::vector<std::string> kHelpFormats{"terminal", "man", "bash", "zsh", "fish"};

/// The topic that explains all words.
inline constexpr const char* kWordsTopic = "words";

struct HelpOptions {
  std::string topic;                ///< A subcommand, kWordsTopic, or one of the words; "" is the program as a whole.
  std::string format = "terminal";  ///< One of kHelpFormats. All but the first are of the program as a whole.
};
int help_command(const HelpOptions& options, const help::ProgramHelp& program);

}  // namespace bakeoff::commands
