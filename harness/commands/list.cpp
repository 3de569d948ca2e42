// bakeoff list: what there is to run. bakeoff-subject is asked and the experiments folder is read; nothing is listed
// here a second time.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/decide_profile.h"
#include "harness/commands/dry_run.h"
#include "harness/commands/experiments.h"
#include "harness/commands/list_overview.h"
#include "harness/commands/render.h"
#include "harness/input/nearest_name.h"
#include "harness/report/text_layout.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/version.h"
#include "workloads/back_end.h"

namespace bakeoff::commands {
namespace {

using nlohmann::ordered_json;

/// "pinned=no|yes: fibers stay on their thread (no)".
std::string in_words(const subjects::SettingFacts& setting) {
  std::string values = fmt::format("{}..{}", setting.least, setting.most);
  // So many that they need several lines have places where a line may end.
  constexpr std::size_t kMostInOneWord = 60;
  if (!setting.choices.empty()) values = fmt::format("{}", fmt::join(setting.choices, "|"));
  if (values.size() > kMostInOneWord) values = fmt::format("{}", fmt::join(setting.choices, " | "));
  return fmt::format("{}={}: {} (default {})", setting.name, values, setting.meaning, setting.default_value);
}

template <typename Entries>
std::size_t widest_name(const Entries& entries) {
  std::size_t widest = 0;
  for (const auto& entry : entries) widest = std::max(widest, entry.name.size());
  return widest;
}

/// A text beside its start, in lines as wide as the terminal.
void print_beside(const std::string& start, const std::string& text) {
  fmt::print("{}", report::wrapped_text(start + text, stdout_style().sentence_width(), report::display_width(start)));
}

void print_entry(const std::string& name, std::size_t widest, const std::string& summary) {
  print_beside(fmt::format("  {:<{}}  ", name, widest), summary);
}

/// A line of what there is to say of the entry above.
void print_fact(const char* what, const std::string& text) {
  if (!text.empty()) print_beside(fmt::format("      {:<10} ", what), text);
}

/// "http (/, /id/{k}), echo".
std::string what_it_serves(const subjects::ForeignServer& foreign) {
  std::string text;
  for (const auto& [workload, requests] : foreign.serves) {
    text += (text.empty() ? "" : ", ") + workload;
    if (requests.front() != "*") text += fmt::format(" ({})", fmt::join(requests, ", "));
  }
  return text;
}

/// How it is asked as a back end: "redis"; "" where it cannot be one.
std::string protocol_behind(const subjects::ForeignServer& foreign) {
  return foreign.back_end ? std::string(workloads::scheme_of(*foreign.back_end)) : "";
}

/// The subjects of a kind, "servers" or "runtimes", with what was found of their programs.
std::vector<subjects::Subject> foreign_subjects(const subjects::Inventory& inventory, std::string_view kind) {
  std::vector<subjects::Subject> found;
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.kind() != kind) continue;
    subjects::look_for_programs(found.emplace_back(subject));
  }
  return found;
}

void print_foreign(const subjects::Inventory& inventory, const char* kind) {
  const std::vector<subjects::Subject> all = foreign_subjects(inventory, kind);
  const std::size_t widest = widest_name(all);
  fmt::print("{}\n", kind);
  for (const subjects::Subject& subject : all) {
    print_entry(subject.name, widest, subject.summary);
    print_fact("missing", subject.missing);
    print_fact("version", subjects::ask_version(subject));
    print_fact("twin of", subject.twin());
    print_fact("serves", what_it_serves(*subject.foreign));
    const std::string protocol = protocol_behind(*subject.foreign);
    print_fact("behind", protocol.empty() ? "" : "services, as a back end that is asked by " + protocol);
    print_fact("works", subject.foreign->work.empty() ? "" : "as workers of a queue");
    print_fact("runs", fmt::format("{}", fmt::join(subject.foreign->jobs, ", ")));
    if (!subject.unit.empty()) print_fact("unit", subject.unit + "; units: " + subject.units_meaning);
    for (const subjects::SettingFacts& setting : subject.settings) print_fact("setting", in_words(setting));
    for (const std::string& set : subject.foreign->tuning) print_fact("set", set);
    print_fact("breaks at", subject.breaks_under);
    print_fact("differs", subject.foreign->differs.empty() ? "" : "it " + subject.foreign->differs);
    print_fact("in jobs", subject.foreign->jobs_differ.empty() ? "" : "it " + subject.foreign->jobs_differ);
    print_fact("read it", subject.file);
  }
}

void print_models(const subjects::Inventory& inventory) {
  const std::size_t widest = widest_name(inventory.subjects);
  fmt::print("models\n");
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.foreign) continue;
    print_entry(subject.name, widest, subject.summary);
    print_fact("missing", subject.missing);
    print_fact("like", subject.like);
    print_fact("unit", subject.unit + "; --units: " + subject.units_meaning);
    print_fact("who waits", subject.who_waits);
    print_fact("sharing", subject.sharing + (subject.store.empty() ? "" : " (store: " + subject.store + ")"));
    print_fact("price", subject.price);
    print_fact("breaks at", subject.breaks_under);
    for (const subjects::SettingFacts& setting : subject.settings) print_fact("setting", in_words(setting));
    print_fact("read it", subject.file);
  }
}

/// The model map, as README.md shows it.
void print_map(const subjects::Inventory& inventory) {
  fmt::print("| model | unit | who waits | sharing | real systems | price | read it |\n");
  fmt::print("| :-- | :-- | :-- | :-- | :-- | :-- | :-- |\n");
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.foreign) continue;
    fmt::print("| `{}` | {} | {} | {} | {} | {} | [{}]({}) |\n", subject.name, subject.unit, subject.who_waits,
               subject.sharing, subject.like, subject.price, subject.file.substr(subject.file.rfind('/') + 1),
               subject.file);
  }
}

void print_named(const char* title, const std::vector<subjects::NamedSummary>& entries) {
  const std::size_t widest = widest_name(entries);
  fmt::print("{}\n", title);
  for (const subjects::NamedSummary& entry : entries) print_entry(entry.name, widest, entry.summary);
}

/// A name, its summary, and a line for each setting.
template <typename Entries>
void print_with_settings(const char* title, const Entries& entries) {
  const std::size_t widest = widest_name(entries);
  fmt::print("{}\n", title);
  for (const auto& entry : entries) {
    print_entry(entry.name, widest, entry.summary);
    for (const subjects::SettingFacts& setting : entry.settings) print_fact("setting", in_words(setting));
  }
}

std::vector<subjects::Subject> of_role(const subjects::Inventory& inventory, subjects::Role role) {
  std::vector<subjects::Subject> executors_and_probes;
  for (const subjects::Subject& subject : inventory.executors_and_probes) {
    if (subject.role == role) executors_and_probes.push_back(subject);
  }
  return executors_and_probes;
}

/// The harness gives an executor the settings of all jobs; here each job has its own.
std::vector<subjects::Subject> executors_of(const subjects::Inventory& inventory) {
  std::vector<subjects::Subject> executors = of_role(inventory, subjects::Role::executor);
  for (subjects::Subject& executor : executors) {
    std::erase_if(executor.settings, [&](const subjects::SettingFacts& setting) {
      return std::ranges::any_of(inventory.jobs, [&](const subjects::JobFacts& job) {
        return std::ranges::find(job.settings, setting.name, &subjects::SettingFacts::name) != job.settings.end();
      });
    });
  }
  return executors;
}

std::vector<subjects::Subject> probes_of(const subjects::Inventory& inventory) {
  std::vector<subjects::Subject> probes = of_role(inventory, subjects::Role::probe);
  for (subjects::Subject& probe : probes) {
    probe.summary = probe.measures + ": " + probe.summary;
    if (!probe.missing.empty()) probe.summary += " (missing: " + probe.missing + ")";
  }
  return probes;
}

ordered_json to_json(const std::vector<subjects::NamedSummary>& entries) {
  ordered_json list = ordered_json::array();
  for (const subjects::NamedSummary& entry : entries)
    list.push_back({{"name", entry.name}, {"summary", entry.summary}});
  return list;
}

/// "up to 3 min", or what the planner expects where there is no budget. A budget says more: how long jobs and probes
/// take is a guess until they have run.
std::string length_of(const ShippedExperiment& experiment) {
  if (experiment.budget_s) return "up to " + rough_time(*experiment.budget_s);
  return experiment.estimate_s ? "about " + rough_time(*experiment.estimate_s) : "";
}

/// With how long each takes: "up to 3 min: What do four ways ...?".
std::vector<subjects::NamedSummary> with_length(const std::vector<ShippedExperiment>& experiments) {
  std::vector<subjects::NamedSummary> entries;
  for (const ShippedExperiment& one : experiments) {
    const std::string length = length_of(one);
    entries.push_back({one.name, length.empty() ? one.summary : length + ": " + one.summary});
  }
  return entries;
}

ordered_json to_json(const std::vector<ShippedExperiment>& experiments) {
  ordered_json list = ordered_json::array();
  for (const ShippedExperiment& one : experiments) {
    list.push_back({{"name", one.name}, {"summary", one.summary}});
    if (one.estimate_s) list.back()["estimate_s"] = *one.estimate_s;
    if (one.budget_s) list.back()["budget_s"] = *one.budget_s;
  }
  return list;
}

ordered_json to_json(const std::vector<subjects::SettingFacts>& settings) {
  ordered_json list = ordered_json::array();
  for (const subjects::SettingFacts& setting : settings) {
    ordered_json one = {{"name", setting.name}, {"meaning", setting.meaning}, {"default", setting.default_value}};
    if (setting.choices.empty()) {
      one["least"] = setting.least;
      one["most"] = setting.most;
    } else {
      one["choices"] = setting.choices;
    }
    list.push_back(one);
  }
  return list;
}

template <typename Entries>
ordered_json with_settings_to_json(const Entries& entries) {
  ordered_json list = ordered_json::array();
  for (const auto& entry : entries) {
    list.push_back({{"name", entry.name}, {"summary", entry.summary}, {"settings", to_json(entry.settings)}});
  }
  return list;
}

ordered_json foreign_to_json(const subjects::Inventory& inventory, std::string_view kind) {
  ordered_json list = ordered_json::array();
  for (const subjects::Subject& subject : foreign_subjects(inventory, kind)) {
    list.push_back({{"name", subject.name},
                    {"summary", subject.summary},
                    {"family", subject.family()},
                    {"twin", subject.twin()},
                    {"serves", subject.foreign->serves},
                    {"back_end", protocol_behind(*subject.foreign)},
                    {"works", !subject.foreign->work.empty()},
                    {"runs", subject.foreign->jobs},
                    {"unit", subject.unit},
                    {"units_meaning", subject.units_meaning},
                    {"settings", to_json(subject.settings)},
                    {"tuning", subject.foreign->tuning},
                    {"breaks_under", subject.breaks_under},
                    {"differs", subject.foreign->differs},
                    {"jobs_differ", subject.foreign->jobs_differ},
                    {"version", subjects::ask_version(subject)},
                    {"missing", subject.missing},
                    {"file", subject.file}});
  }
  return list;
}

ordered_json models_to_json(const subjects::Inventory& inventory) {
  ordered_json list = ordered_json::array();
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.foreign) continue;
    list.push_back({{"name", subject.name},
                    {"summary", subject.summary},
                    {"like", subject.like},
                    {"unit", subject.unit},
                    {"who_waits", subject.who_waits},
                    {"price", subject.price},
                    {"breaks_under", subject.breaks_under},
                    {"sharing", subject.sharing},
                    {"store", subject.store},
                    {"executor", subject.executor},
                    {"holds_connection", subject.holds_connection},
                    {"default_units", subject.default_units},
                    {"max_units", subject.max_units},
                    {"units_meaning", subject.units_meaning},
                    {"settings", to_json(subject.settings)},
                    {"missing", subject.missing},
                    {"file", subject.file}});
  }
  return list;
}

/// One name per line, for scripts and for the completions of shells.
void print_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) fmt::print("{}\n", name);
}

}  // namespace

int list_command(const ListOptions& options) {
  const std::string what = options.what.empty() ? "" : check_name("kind", options.what, kListKinds);
  const subjects::Inventory inventory = full_inventory();
  if (options.format == "md") {
    if (what != "models") throw UsageError("--format md: it is the map of the models; expected list models");
    print_map(inventory);
    return kDone;
  }
  const auto wanted = [&](std::string_view kind) {
    const bool subjects = what == "subjects" && (kind == "models" || kind == "servers" || kind == "runtimes");
    return what.empty() || what == kind || subjects;
  };
  std::vector<ShippedExperiment> experiments;
  if (wanted("experiments")) experiments = shipped_experiments(inventory);
  std::vector<subjects::NamedSummary> profiles;
  if (wanted("profiles")) profiles = shipped_profiles();
  if (options.format == "names") {
    for (const subjects::Subject& subject : inventory.subjects) {
      if (wanted(subject.kind())) print_names({subject.name});
    }
    if (wanted("workloads")) print_names(entry_names(inventory.workloads));
    if (wanted("jobs")) print_names(entry_names(inventory.jobs));
    if (wanted("executors")) print_names(entry_names(executors_of(inventory)));
    if (wanted("probes")) print_names(entry_names(probes_of(inventory)));
    if (wanted("experiments")) print_names(entry_names(experiments));
    if (wanted("profiles")) print_names(entry_names(profiles));
    return kDone;
  }
  if (options.format == "json") {
    ordered_json document;
    if (wanted("models")) document["models"] = models_to_json(inventory);
    for (const char* kind : {"servers", "runtimes"}) {
      if (wanted(kind)) document[kind] = foreign_to_json(inventory, kind);
    }
    if (wanted("workloads")) document["workloads"] = to_json(inventory.workloads);
    if (wanted("jobs")) document["jobs"] = with_settings_to_json(inventory.jobs);
    if (wanted("executors")) document["executors"] = with_settings_to_json(executors_of(inventory));
    if (wanted("probes")) document["probes"] = with_settings_to_json(probes_of(inventory));
    if (wanted("experiments")) document["experiments"] = to_json(experiments);
    if (wanted("profiles")) document["profiles"] = to_json(profiles);
    fmt::print("{}\n", document.dump(2));
    return kDone;
  }
  if (what.empty()) {
    fmt::print("{}", list_overview(inventory, executors_of(inventory), of_role(inventory, subjects::Role::probe),
                                   with_length(experiments), profiles, stdout_style()));
    return kDone;
  }
  if (wanted("models")) print_models(inventory);
  for (const char* kind : {"servers", "runtimes"}) {
    if (wanted(kind)) print_foreign(inventory, kind);
  }
  if (wanted("workloads")) print_named("workloads", inventory.workloads);
  if (wanted("jobs")) print_with_settings("jobs", inventory.jobs);
  if (wanted("executors")) print_with_settings("executors", executors_of(inventory));
  if (wanted("probes")) print_with_settings("probes", probes_of(inventory));
  if (wanted("experiments")) print_named("experiments", with_length(experiments));
  if (wanted("profiles")) print_named("profiles", profiles);
  return kDone;
}

}  // namespace bakeoff::commands
