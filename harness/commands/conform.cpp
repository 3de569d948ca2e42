// bakeoff conform SUBJECT|FOLDER: says in one go everything that a subject does not do as workloads/PROTOCOLS.md wants.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/conform/conform_subject.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::commands {
namespace {

struct Conformed {
  std::string subject, workload;
  conform::ConformedSubject tried;
};

/// The workloads that it says it serves, whatever the requests.
std::vector<std::string> workloads_of(const subjects::Subject& subject, const subjects::Inventory& inventory) {
  std::vector<std::string> workloads;
  for (const subjects::NamedSummary& workload : inventory.workloads) {
    const bool serves = !subject.foreign || subject.foreign->serves.contains(workload.name);
    if (serves && subjects::why_settings_refuse(subject, workload.name).empty()) workloads.push_back(workload.name);
  }
  return workloads;
}

void print_conformed(const Conformed& conformed) {
  const std::string head = fmt::format("{} {}", conformed.subject, conformed.workload);
  if (!conformed.tried.not_started.empty()) {
    fmt::print("{}: not tried: {}\n", head, conformed.tried.not_started);
    return;
  }
  const conform::ConformResult& result = conformed.tried.result;
  const std::size_t wrong = result.complaints.size();
  fmt::print("{}: {} checks, {}\n", head, result.checks,
             wrong == 0 ? "all as it should be" : fmt::format("{} complaint{}", wrong, wrong == 1 ? "" : "s"));
  for (const conform::Complaint& one : result.complaints) {
    fmt::print("  {}\n", one.check);
    if (!one.sent.empty()) fmt::print("    sent      {}\n", one.sent);
    fmt::print("    expected  {}\n    came      {}\n", one.expected, one.came);
  }
}

nlohmann::ordered_json json_of(const Conformed& conformed) {
  nlohmann::ordered_json document{{"subject", conformed.subject}, {"workload", conformed.workload}};
  const conform::ConformedSubject& tried = conformed.tried;
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
      const Conformed conformed{
          name, workload,
          conform::conform_subject(subject, workload, options.connections, subjects::interrupted, tell_user)};
      right = right && conformed.tried.result.complaints.empty() && conformed.tried.not_started.empty();
      if (options.format == "json") {
        document.push_back(json_of(conformed));
      } else {
        print_conformed(conformed);
      }
    }
  }
  if (options.format == "json") fmt::print("{}\n", document.dump(2));
  return right ? kDone : kFailed;
}

}  // namespace bakeoff::commands
