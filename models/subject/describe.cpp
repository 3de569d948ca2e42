// bakeoff-subject describe: what exists, as one JSON document. The harness learns it from here and links no model.
#include <algorithm>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include "models/catalogue.h"
#include "models/probes/catalogue.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"
#include "models/subject/result_line.h"
#include "models/workers/workers.h"

namespace bakeoff::models::subject {
namespace {

std::string_view name_of(workloads::StoreKind kind) {
  return std::ranges::find(kStoreNames, kind, &StoreName::kind)->name;
}

/// "1.81.0"; boost/version.hpp documents the number.
std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + "." +
         std::to_string(BOOST_VERSION % 100);
}

/// The store that the model needs with its default units and settings. Others may need another kind.
std::string_view default_store(const ModelEntry& model) {
  if (!model.make) return "";
  return name_of(model.make()->store_kind(
      ModelSetup{std::max<std::size_t>(1, model.default_units), workloads::Settings(model.settings)}));
}

/// Why the model cannot run here, in words; "" when it can.
std::string missing_for(const ModelEntry& model) {
  const std::string_view refusal = model.refusal ? model.refusal() : "";
  return std::string(refusal.empty() ? model.missing : refusal);
}

std::vector<std::string_view> texts(std::span<const std::string_view> list) {
  return {list.begin(), list.end()};
}

Json describe(const workloads::SettingEntry& setting) {
  Json described = {{"name", setting.name}, {"meaning", setting.meaning}, {"default", setting.default_value}};
  if (setting.choices.empty()) {
    described["least"] = setting.least;
    described["most"] = setting.most;
  } else {
    described["choices"] = texts(setting.choices);
    if (!setting.choice_meanings.empty()) described["choice_meanings"] = texts(setting.choice_meanings);
  }
  return described;
}

Json describe(std::span<const workloads::SettingEntry> settings) {
  Json described = Json::array();
  for (const auto& setting : settings) described.push_back(describe(setting));
  return described;
}

Json describe(const workloads::JobEntry& job) {
  Json described = {{"name", job.name},
                    {"summary", job.summary},
                    {"default_size", job.default_size},
                    {"settings", describe(job.settings)}};
  if (!job.compared.name.empty()) {
    described["compared"] = {{"setting", job.compared.name}, {"figures", texts(job.compared.figures)}};
  }
  if (job.units != 0) described["units"] = job.units;
  return described;
}

Json describe(const ModelEntry& model) {
  return {{"name", model.name},
          {"summary", model.summary},
          {"like", model.like},
          {"unit", model.unit},
          {"who_waits", model.who_waits},
          {"price", model.price},
          {"breaks_under", model.breaks_under},
          {"sharing", model.sharing},
          {"store", default_store(model)},
          {"holds_connection", model.holds_connection},
          {"default_units", model.default_units},
          {"units_meaning", model.units_meaning},
          {"max_units", model.max_units},
          {"settings", describe(model.settings)},
          {"executor", model.executor},
          {"file", model.file},
          {"missing", missing_for(model)}};
}

}  // namespace

int describe_command(std::span<const char* const> words) {
  const Arguments arguments(words, {}, {});
  Json document = {{"version", BAKEOFF_VERSION},
                   {"build",
                    {{"compiler", BAKEOFF_COMPILER},
                     {"flags", BAKEOFF_FLAGS},
                     {"build_type", BAKEOFF_BUILD_TYPE},
                     {"boost", boost_version()},
                     {"sanitizer", BAKEOFF_SANITIZER}}}};
  for (const char* list : {"models", "workloads", "jobs", "executors", "probes"}) document[list] = Json::array();
  for (const auto& model : model_entries()) document["models"].push_back(describe(model));
  for (const auto& workload : workloads::workload_entries())
    document["workloads"].push_back(
        {{"name", workload.name}, {"summary", workload.summary}, {"default_request", workload.default_request}});
  for (const auto& job : workloads::job_entries()) document["jobs"].push_back(describe(job));
  for (const auto& executor : executor_entries())
    document["executors"].push_back({{"name", executor.name},
                                     {"summary", executor.summary},
                                     {"max_units", executor.max_units},
                                     {"works", workers::find_workers(executor.name) != nullptr},
                                     {"settings", describe(executor.settings)}});
  for (const auto& probe : probes::probe_entries())
    document["probes"].push_back({{"name", probe.name},
                                  {"measures", probe.measures},
                                  {"summary", probe.summary},
                                  {"settings", describe(probe.settings)},
                                  {"file", probe.file},
                                  {"missing", probe.refusal ? probe.refusal() : ""}});
  return print_line(document.dump(2)) ? 0 : 1;
}

}  // namespace bakeoff::models::subject
