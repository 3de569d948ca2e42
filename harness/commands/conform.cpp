// bakeoff conform SUBJECT|FOLDER: says in one go everything that a subject does not do as workloads/PROTOCOLS.md wants.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/conform/checks.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/server.h"

namespace bakeoff::commands {
namespace {

constexpr std::uint64_t kSpareConnections = 8;  ///< Beside those of the crowd.
/// A crowd of units that are processes takes memory for each.
constexpr std::uint64_t kCrowdOfUnits = 100;

struct Conformed {
  std::string subject, workload;
  std::string not_started;  ///< Why it could not be tried at all; "" when it was.
  conform::ConformResult result{};
};

conform::Conversations conversations_with(const subjects::Subject& subject, const std::string& workload,
                                          const ConformOptions& options) {
  conform::Conversations what{.topic = {.workload = workload}};
  if (subject.foreign && workload == "http") {
    what.topic.answers_all = subject.foreign->serves.at(workload).front() == "*";
  }
  const std::uint64_t most = subject.holds_connection ? std::min(kCrowdOfUnits, subject.max_units) : what.connections;
  what.connections = options.connections.value_or(most);
  return what;
}

Conformed conform_one(const subjects::Subject& subject, const std::string& workload, const ConformOptions& options) {
  Conformed tried{.subject = subject.name, .workload = workload, .not_started = {}};
  const conform::Conversations what = conversations_with(subject, workload, options);
  journal::Trial row;
  row.subject = subject.name;
  row.workload = workload;
  row.seed = 1;
  row.subject_cpus = row.load_cpus = measure::allowed_cpus();
  row.params.load.connections = what.connections + kSpareConnections;
  row.params.load.message_bytes = workload == "echo" ? what.topic.message_bytes : 0;
  if (!what.topic.answers_all) row.params.load.request = "/";
  tried.not_started = subjects::why_not_started(subject, workload, row.params);
  if (!tried.not_started.empty()) return tried;
  experiment::TrialEnvironment environment(subject, row.params);
  try {
    const auto served =
        experiment::start_subject(row, subject, environment.folder(), environment.join(), 0, environment.watch());
    if (const std::string warning = served->take_warning(); !warning.empty()) tell_user(subject.name + ": " + warning);
    tried.result =
        conform::check_conversations(load::resolve("127.0.0.1", served->server().port()), what, subjects::interrupted);
    served->server().expect_alive();
    served->stop(row);
    ++tried.result.checks;
    if (!row.outcome_detail.empty()) {
      tried.result.complaints.push_back(
          {"the stop signal", "", "an end without anything left behind", row.outcome_detail});
    }
  } catch (const subjects::SubjectError& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    tried.result.complaints.push_back({"being started, served and stopped", "", "a server that stays alive",
                                       environment.limit().explain(error).what()});
  }
  return tried;
}

/// The workloads that it says it serves, whatever the requests.
std::vector<std::string> workloads_of(const subjects::Subject& subject, const subjects::Inventory& inventory) {
  std::vector<std::string> workloads;
  for (const subjects::NamedSummary& workload : inventory.workloads) {
    const bool serves = !subject.foreign || subject.foreign->serves.contains(workload.name);
    if (serves && subjects::why_settings_refuse(subject, workload.name).empty()) workloads.push_back(workload.name);
  }
  return workloads;
}

void print_conformed(const Conformed& tried) {
  const std::string head = fmt::format("{} {}", tried.subject, tried.workload);
  if (!tried.not_started.empty()) {
    fmt::print("{}: not tried: {}\n", head, tried.not_started);
    return;
  }
  const std::size_t wrong = tried.result.complaints.size();
  fmt::print("{}: {} checks, {}\n", head, tried.result.checks,
             wrong == 0 ? "all as it should be" : fmt::format("{} complaint{}", wrong, wrong == 1 ? "" : "s"));
  for (const conform::Complaint& one : tried.result.complaints) {
    fmt::print("  {}\n", one.check);
    if (!one.sent.empty()) fmt::print("    sent      {}\n", one.sent);
    fmt::print("    expected  {}\n    came      {}\n", one.expected, one.came);
  }
}

nlohmann::ordered_json json_of(const Conformed& tried) {
  nlohmann::ordered_json document{{"subject", tried.subject}, {"workload", tried.workload}};
  if (!tried.not_started.empty()) document["not_tried"] = tried.not_started;
  document["checks"] = tried.result.checks;
  document["complaints"] = nlohmann::ordered_json::array();
  for (const conform::Complaint& one : tried.result.complaints) {
    document["complaints"].push_back(
        {{"check", one.check}, {"sent", one.sent}, {"expected", one.expected}, {"came", one.came}});
  }
  return document;
}

}  // namespace

int conform_command(const ConformOptions& options) {
  subjects::Inventory inventory = full_inventory();
  std::vector<std::string> words{options.subject};
  std::vector<std::string> names = take_subject_folders(words, inventory);
  for (const std::string& word : words) {
    subjects::Subject subject = check_subject(inventory, word);
    names.push_back(subject.name);
    if (inventory.find(subject.name) == nullptr) inventory.subjects.push_back(std::move(subject));
  }
  subjects::prepare_subjects(inventory, names, tell_user);
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  bool right = true;
  for (const std::string& name : names) {
    const subjects::Subject& subject = *inventory.find(name);
    const std::vector<std::string> workloads = workloads_of(subject, inventory);
    if (workloads.empty()) tell_user(fmt::format("{} serves nothing: there is nothing to try", name));
    for (const std::string& workload : workloads) {
      if (!options.workloads.empty() && std::ranges::find(options.workloads, workload) == options.workloads.end())
        continue;
      const Conformed tried = conform_one(subject, workload, options);
      right = right && tried.result.complaints.empty() && tried.not_started.empty();
      if (options.format == "json") {
        document.push_back(json_of(tried));
      } else {
        print_conformed(tried);
      }
    }
  }
  if (options.format == "json") fmt::print("{}\n", document.dump(2));
  return right ? kDone : kFailed;
}

}  // namespace bakeoff::commands
