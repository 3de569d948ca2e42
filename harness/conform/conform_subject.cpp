#include "harness/conform/conform_subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/experiment/back_end_server.h"
#include "harness/experiment/memory_need.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/experiment/unit_memory.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/descriptor_limit.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/file_folder.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"

namespace bakeoff::conform {
namespace {

constexpr std::uint64_t kSpareConnections = 8;  ///< Beside those of the crowd.

/// From some hundred bytes to more than a socket takes at once.
const workloads::FileSet kFiles{.count = 4, .bytes = "lognormal:60000,2.5", .seed = 3};

/// Whether it answers this, which "*" in a manifest does not stand for.
bool serves(const subjects::Subject& subject, std::string_view request) {
  if (!subject.foreign) return true;
  const auto requests = subject.foreign->serves.find("http");
  return requests != subject.foreign->serves.end() &&
         std::ranges::find(requests->second, request) != requests->second.end();
}

journal::Trial row_for(const subjects::Subject& subject, const Conversations& what) {
  journal::Trial row;
  row.subject = subject.name;
  row.workload = what.topic.workload;
  row.seed = 1;
  row.subject_cpus = row.load_cpus = measure::allowed_cpus();
  row.params.load.connections = what.connections + kSpareConnections;
  row.params.load.message_bytes = row.workload == "echo" ? what.topic.message_bytes : 0;
  if (!what.topic.answers_all) row.params.load.request = "/";
  return row;
}

/// How many connections the subject is tried with at once, where it has a unit for each.
std::uint64_t crowd_that_fits(const subjects::Subject& subject, const Conversations& what,
                              const std::function<void(const std::string&)>& tell) {
  const journal::Trial row = row_for(subject, what);
  experiment::TrialEnvironment environment(subject, row.params);
  const auto few = experiment::measure_unit_memory(row, subject, {}, environment.site());
  if (!few) return what.connections;
  const auto each =
      experiment::pss_per_unit_kib(*few->subject_cost, experiment::unit_count(subject, few->params).count);
  if (!each || *each <= 0) return what.connections;
  const double room = static_cast<double>(environment.limit().kib()) / 2;
  const auto fits = static_cast<std::uint64_t>(std::max(1.0, room / *each));
  if (fits >= what.connections) return what.connections;
  constexpr double kKibPerMib = 1024;
  tell(fmt::format(
      "{}: {} connections at once instead of {}: each takes a unit of {:.1f} MiB, and all may have {:.0f} MiB",
      subject.name, fits, what.connections, *each / kKibPerMib, room / kKibPerMib));
  return fits;
}

}  // namespace

ConformedSubject conform_subject(const subjects::Subject& subject, const std::string& workload,
                                 std::optional<std::uint64_t> connections, const std::atomic<bool>& stop,
                                 const std::function<void(const std::string&)>& tell) {
  ConformedSubject tried;
  Conversations what{.topic = {.workload = workload}};
  if (subject.foreign && workload == "http") {
    what.topic.answers_all = subject.foreign->serves.at(workload).front() == "*";
  }
  std::optional<subjects::ScratchFolder> folder;
  std::filesystem::path files;
  if (workload == "http" && serves(subject, subjects::kFilesRequest)) {
    what.topic.files = kFiles;
    folder.emplace();
    // The servers' user may pass.
    std::filesystem::permissions(folder->path(), std::filesystem::perms(0711));
    files = folder->path() / "files";
    subjects::make_files(files, kFiles);
  }
  what.topic.calls = workload == "http" && serves(subject, subjects::kCallsRequest);
  if (subject.holds_connection) {
    const std::uint64_t most = std::max(subject.max_units, kSpareConnections + 1) - kSpareConnections;
    what.connections = std::min<std::uint64_t>(what.connections, most);
  }
  what.connections = connections.value_or(what.connections);
  tried.not_started = subjects::why_not_started(subject, workload, row_for(subject, what).params);
  if (!tried.not_started.empty()) return tried;
  try {
    if (!connections && subject.holds_connection) what.connections = crowd_that_fits(subject, what, tell);
    journal::Trial row = row_for(subject, what);
    std::optional<experiment::BackEndServer> back_end;
    if (what.topic.calls) {
      row.params.back_end = journal::BackEndFacts{.name = experiment::kOwnBackEnd};
      back_end.emplace(subjects::describe_subject_program(), *row.params.back_end, measure::allowed_cpus());
    }
    experiment::TrialEnvironment environment(subject, row.params,
                                             {.files = files, .back_end = back_end ? back_end->url() : ""});
    try {
      const auto served = experiment::start_subject(row, subject, environment.site());
      tried.runtime = served->runtime();
      if (const std::string warning = served->take_warning(); !warning.empty()) tell(subject.name + ": " + warning);
      const measure::RaisedDescriptorLimit for_the_crowd;
      tried.result = check_conversations(load::resolve("127.0.0.1", served->server().port()), what, stop);
      served->server().expect_alive();
      served->stop(row);
      ++tried.result.checks;
      if (!row.outcome_detail.empty()) {
        tried.result.complaints.push_back(
            {"the stop signal", "", "an end without anything left behind", row.outcome_detail});
      }
    } catch (const subjects::SubjectError& error) {
      throw environment.limit().explain(error);
    }
  } catch (const subjects::SubjectError& error) {
    if (stop) throw subjects::Interrupted();
    tried.result.complaints.push_back(
        {"being started, served and stopped", "", "a server that stays alive", error.what()});
  }
  return tried;
}

}  // namespace bakeoff::conform
