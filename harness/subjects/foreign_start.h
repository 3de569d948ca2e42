// Prepares the start of a foreign server for a trial: renders its files into its folder, makes its command and chooses
// its port. Ends the processes that a server has left behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/subjects/process.h"
#include "harness/subjects/served_with.h"
#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// What the placeholders of its manifest stand for. `cpus` is how many it may run on. Where it serves no files, their
/// root is its folder, in which there are none. Pure.
std::map<std::string, std::string> placeholders_of(const Subject& subject, const std::string& workload,
                                                   const journal::Params& params, std::size_t cpus,
                                                   const std::filesystem::path& folder, std::uint16_t port,
                                                   const ServedWith& with = {});

/// Writes its files and folders into a folder of its own below `folder`, the trial's, and gives them to the user that
/// it will run as (foreign_program.h). The command's CPUs and cgroups are the caller's to set. Throws
/// std::system_error.
Command prepare_foreign(const Subject& subject, const std::string& workload, const journal::Params& params,
                        std::size_t cpus, const std::filesystem::path& folder, std::uint16_t port,
                        const ServedWith& with = {});

/// The commands that set the server up before it is started, one after the other: each with what it is given as its
/// input, "" for none. They run in the same folder as the server, which prepare_foreign() has made.
struct SetupCommand {
  Command command;
  std::string input;
};
std::vector<SetupCommand> setup_commands(const Subject& subject, const std::string& workload,
                                         const journal::Params& params, std::size_t cpus,
                                         const std::filesystem::path& folder, std::uint16_t port);

/// The same for a job of `params.job_size` on `params.units` units. Its standard output is a pipe.
Command prepare_foreign_job(const Subject& subject, const std::string& job, const journal::Params& params,
                            std::size_t cpus, const std::filesystem::path& folder);

/// The same for workers that take jobs from the queue at `queue`, "127.0.0.1:6379".
Command prepare_foreign_work(const Subject& subject, const journal::Params& params, std::size_t cpus,
                             const std::filesystem::path& folder, const std::string& queue);

/// Why it is not started to take jobs from a queue: it has no workers, or what it needs is not there. "" when it can
/// be.
std::string why_not_working(const Subject& subject);

/// A TCP port of 127.0.0.1 without a listener a moment ago: `wanted`, unless that is 0. Throws std::system_error.
std::uint16_t free_port(std::uint16_t wanted = 0);

/// Why the subject cannot listen on a Unix socket; "" when it can.
std::string why_no_unix_socket(const Subject& subject);

/// Why a setting in the subject's name does not go with a workload; "" when all do.
std::string why_settings_refuse(const Subject& subject, const std::string& workload);

/// "" when the subject answers such requests over the transport, otherwise "it serves http (/) only".
std::string why_not_served(const Subject& subject, const std::string& workload, const journal::Params& params);

/// Why it cannot be started for anything: what it needs is missing, or its build failed. "" when it can be.
std::string why_not_there(const Subject& subject);

/// Why it is not started for such requests at all: what it needs is missing, its build failed, or it does not answer
/// them. "" when it can be.
std::string why_not_started(const Subject& subject, const std::string& workload, const journal::Params& params);

/// "" when the subject runs such a job, otherwise "it runs count only".
std::string why_job_not_offered(const Subject& subject, const std::string& job);

/// Why it is not started for the job at all. "" when it can be.
std::string why_not_run(const Subject& subject, const std::string& job);

/// Ends and reaps the descendants of this process that are not among `before`, and do not belong to a child that is
/// still wanted (LivingChildren): what a server that has ended left behind, in any group or session, because this
/// process is the subreaper. A runtime's helper that notices by the end of a pipe that its program has gone has a
/// fifth of a second to end by itself. Returns how many of them were still running then.
std::size_t kill_orphans(const std::vector<pid_t>& before);

/// What a row says of so many: "it left 1 process behind, which was ended".
std::string left_behind(std::size_t processes);

}  // namespace bakeoff::subjects
