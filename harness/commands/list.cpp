// bakeoff list: what there is to run. Asked of bakeoff-subject and read from the experiments folder, never written
// twice.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/experiments.h"
#include "harness/experiment/nearest.h"
#include "harness/subjects/builtin.h"

namespace bakeoff {
namespace {

using nlohmann::ordered_json;

const std::vector<std::string> kKinds = {"models", "workloads", "jobs", "experiments"};

void print_models(const Offer& offer) {
  std::size_t widest = 0;
  for (const Subject& subject : offer.subjects) widest = std::max(widest, subject.name.size());
  fmt::print("models\n");
  for (const Subject& subject : offer.subjects) {
    fmt::print("  {:<{}}  {}\n", subject.name, widest, subject.summary);
    const auto line = [&](const char* what, const std::string& text) {
      fmt::print("  {:<{}}    {:<10} {}\n", "", widest, what, text);
    };
    line("like", subject.like);
    line("who waits", subject.who_waits);
    line("price", subject.price);
    line("store", subject.store);
    line("read it", subject.file);
  }
}

void print_named(const char* title, const std::vector<Described>& entries) {
  std::size_t widest = 0;
  for (const Described& entry : entries) widest = std::max(widest, entry.name.size());
  fmt::print("{}\n", title);
  for (const Described& entry : entries) fmt::print("  {:<{}}  {}\n", entry.name, widest, entry.summary);
}

ordered_json to_json(const std::vector<Described>& entries) {
  ordered_json list = ordered_json::array();
  for (const Described& entry : entries) list.push_back({{"name", entry.name}, {"summary", entry.summary}});
  return list;
}

ordered_json models_to_json(const Offer& offer) {
  ordered_json list = ordered_json::array();
  for (const Subject& subject : offer.subjects) {
    list.push_back({{"name", subject.name},
                    {"summary", subject.summary},
                    {"like", subject.like},
                    {"unit", subject.unit},
                    {"who_waits", subject.who_waits},
                    {"price", subject.price},
                    {"store", subject.store},
                    {"executor", subject.executor},
                    {"holds_connection", subject.holds_connection},
                    {"default_units", subject.default_units},
                    {"file", subject.file}});
  }
  return list;
}

}  // namespace

int list_command(const ListOptions& options) {
  const std::string what = options.what == "subjects" ? "models" : options.what;
  if (!what.empty() && std::find(kKinds.begin(), kKinds.end(), what) == kKinds.end()) {
    throw UsageError(
        fmt::format("list: found \"{}\", expected one of {}{}", what, join_names(kKinds), did_you_mean(what, kKinds)));
  }
  const Offer offer = ask_builtin();
  const auto wanted = [&](const char* kind) { return what.empty() || what == kind; };
  std::vector<Described> experiments;
  if (wanted("experiments")) experiments = shipped_experiments(names_of(offer));
  if (options.format == "json") {
    ordered_json document;
    if (wanted("models")) document["models"] = models_to_json(offer);
    if (wanted("workloads")) document["workloads"] = to_json(offer.workloads);
    if (wanted("jobs")) document["jobs"] = to_json(offer.jobs);
    if (wanted("experiments")) document["experiments"] = to_json(experiments);
    fmt::print("{}\n", document.dump(2));
    return kDone;
  }
  if (wanted("models")) print_models(offer);
  if (wanted("workloads")) print_named("workloads", offer.workloads);
  if (wanted("jobs")) print_named("jobs", offer.jobs);
  if (wanted("experiments")) print_named("experiments", experiments);
  return kDone;
}

}  // namespace bakeoff
