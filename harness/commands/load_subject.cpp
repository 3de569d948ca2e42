// bakeoff load SUBJECT WORKLOAD: starts the subject as a trial does, puts the load on it, and stops it.
#include <fmt/format.h>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/server.h"
#include "workloads/catalogue.h"

namespace bakeoff::commands {
namespace {

/// The first request that the subject answers, or the workload's default.
std::string request_of(const subjects::Subject& subject, const std::string& workload) {
  if (subject.foreign) {
    const auto serves = subject.foreign->serves.find(workload);
    if (serves != subject.foreign->serves.end() && serves->second.front() != "*") return serves->second.front();
  }
  return std::string(workloads::find_workload(workload)->default_request);
}

std::string url_of(const std::string& workload, const std::string& request, std::uint16_t port) {
  if (workload == "http") return fmt::format("http://127.0.0.1:{}{}", port, request);
  if (workload == "counter") return fmt::format("redis://127.0.0.1:{}/{}", port, request);
  return fmt::format("tcp://127.0.0.1:{}", port);
}

}  // namespace

int load_subject_command(const LoadOptions& given) {
  if (!given.unix_socket.empty()) {
    throw UsageError(
        "--unix-socket: found it beside a subject, expected it beside a URL: `serve` has a subject listen on a socket");
  }
  subjects::Inventory inventory = full_inventory();
  const std::vector<std::string> workloads = entry_names(inventory.workloads);
  const SubjectAndWork words =
      swap_if_reversed(inventory, {take_subject_folder(given.url, inventory), given.workload}, workloads);
  subjects::Subject subject = check_subject(inventory, words.subject);
  journal::Trial row;
  row.subject = subject.name;
  row.workload = check_name("workload", words.work, workloads);
  row.seed = 1;
  const measure::CpuSplit cpus = measure::split_cpus(measure::allowed_cpus());
  row.subject_cpus = cpus.subject;
  row.load_cpus = cpus.load;
  row.params.load = given.shape;
  if (row.workload != "echo") row.params.load.message_bytes = 0;
  row.params.load.request = request_of(subject, row.workload);
  if (row.workload == "echo" && row.params.load.request == "lines") {
    throw UsageError(
        fmt::format("workload: found echo for {}, which echoes lines only; expected http or counter", subject.name));
  }
  subjects::prepare_subject(subject, tell_user);
  if (const std::string why = subjects::why_not_started(subject, row.workload, row.params); !why.empty()) {
    throw UsageError(fmt::format("{}: found {}, but {}", subject.name, row.workload, why));
  }
  experiment::TrialEnvironment environment(subject, row.params);
  try {
    const auto served = experiment::start_subject(row, subject, environment.site());
    if (const std::string warning = served->take_warning(); !warning.empty()) tell_user(warning);
    LoadOptions options = given;
    options.url = url_of(row.workload, row.params.load.request, served->server().port());
    options.workload.clear();
    options.redis_password.clear();
    const int status = load_command(options);
    served->stop(row);
    if (!row.outcome_detail.empty()) tell_user(row.outcome_detail);
    return status;
  } catch (const subjects::SubjectError& error) {
    throw environment.limit().explain(error);
  }
}

}  // namespace bakeoff::commands
