#include "harness/commands/check_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "harness/commands/commands.h"
#include "harness/experiment/nearest.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/variant.h"

namespace bakeoff {
namespace {

[[noreturn]] void refuse(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  const std::string found = name.empty() ? "no " + kind : fmt::format("{} \"{}\"", kind, name);
  throw UsageError(fmt::format("found {}, expected one of {}{}", found, join_names(known), did_you_mean(name, known)));
}

/// What there are probes for, each once.
std::vector<std::string> measures_of(const Offer& offer) {
  std::vector<std::string> measures;
  for (const Subject& runner : offer.runners) {
    const bool listed = std::ranges::find(measures, runner.measures) != measures.end();
    if (runner.role == Role::probe && !listed) measures.push_back(runner.measures);
  }
  return measures;
}

/// Names of the subjects that have one of the roles, each once.
std::vector<std::string> with_role(const Offer& offer, const std::vector<Role>& roles) {
  std::vector<std::string> wanted;
  for (const std::vector<Subject>* list : {&offer.subjects, &offer.runners}) {
    for (const Subject& one : *list) {
      const bool fits = std::ranges::find(roles, one.role) != roles.end();
      if (fits && std::ranges::find(wanted, one.name) == wanted.end()) wanted.push_back(one.name);
    }
  }
  return wanted;
}

/// Probes are also named by what several of them measure.
std::vector<std::string> with_measures(std::vector<std::string> names, const Offer& offer,
                                       const std::vector<Role>& roles) {
  if (std::ranges::find(roles, Role::probe) == roles.end()) return names;
  std::vector<std::string> measures = measures_of(offer);
  names.insert(names.begin(), measures.begin(), measures.end());
  return names;
}

bool is_one_of(std::string_view name, const std::vector<std::string>& names) {
  return std::ranges::find(names, name) != names.end();
}

/// The subject of a name, if there is one.
std::optional<Subject> variant_of(const Offer& offer, const std::string& name) try {
  return make_variant(offer, name);
} catch (const VariantError&) {
  return std::nullopt;
}

std::optional<Unfit> settings_that_clash(const Subject& subject) try {
  check_settings(subject);
  return std::nullopt;
} catch (const std::invalid_argument& error) {
  return Unfit{fmt::format("\"{}\"", subject.name), fmt::format("settings that go together ({})", error.what())};
}

const char* word_for(Role role) {
  switch (role) {
    case Role::model:
      return "model";
    case Role::executor:
      return "executor or model";
    case Role::probe:
      return "probe";
  }
  return "subject";
}

std::uint64_t most_units(const Offer& offer, const std::string& executor) {
  const auto found = std::ranges::find_if(
      offer.runners, [&](const Subject& one) { return one.role == Role::executor && one.name == executor; });
  return found == offer.runners.end() ? UINT64_MAX : found->max_units;
}

std::vector<std::string> probes_that_measure(const Offer& offer, const std::string& measure) {
  std::vector<std::string> probes;
  for (const Subject& runner : offer.runners) {
    if (runner.role == Role::probe && runner.measures == measure) probes.push_back(runner.name);
  }
  return probes;
}

/// Why a subject has no place in such a table: it cannot do the work, or has a setting that the job has not.
std::optional<Unfit> misplaced(const Offer& offer, const std::string& name, TableKind kind, const std::string& work) {
  const Subject subject = make_variant(offer, name);
  const auto unfit = [&](const std::string& expected) {
    return std::optional(Unfit{fmt::format("\"{}\"", name), expected});
  };
  if (kind == TableKind::probe) {
    if (subject.role == Role::probe && subject.measures == work) return std::nullopt;
    const std::vector<std::string> probes = probes_that_measure(offer, work);
    return unfit("one of the probes " + join_names(probes) + did_you_mean(name, probes));
  }
  if (subject.role == Role::probe) return unfit("a model or an executor: a probe has tables of its own");
  if (kind == TableKind::workload) {
    if (subject.role == Role::model) return std::nullopt;
    return unfit("a model or a server: an executor runs jobs only" +
                 did_you_mean(model_named(name), entry_names(offer.subjects)));
  }
  if (subject.role != Role::executor) return std::nullopt;
  const auto job = std::ranges::find(offer.jobs, work, &JobFacts::name);
  if (job == offer.jobs.end()) return std::nullopt;
  const Subject& executor = *offer.find(subject.model);
  for (const std::string& setting : subject.set) {
    const auto is_it = [&](const SettingFacts& facts) { return facts.name == setting; };
    const bool of_a_job =
        std::ranges::any_of(offer.jobs, [&](const JobFacts& one) { return std::ranges::any_of(one.settings, is_it); });
    if (!of_a_job || std::ranges::any_of(job->settings, is_it)) continue;
    if (std::ranges::none_of(executor.settings, is_it)) continue;
    std::vector<std::string> known = entry_names(job->settings);
    return Unfit{fmt::format("the setting \"{}\" in \"{}\"", setting, name),
                 known.empty() ? "none: the job " + work + " has no settings" : "one of " + join_names(known)};
  }
  return std::nullopt;
}

}  // namespace

Offer offer_of_all() try {
  Offer offer = ask_builtin();
  add_foreign_subjects(offer);
  return offer;
} catch (const SpecError& error) {
  throw UsageError(error.what());
}

std::vector<std::string> take_folders(std::vector<std::string>& words, Offer& offer) try {
  std::vector<std::string> folders, names, brought;
  for (const std::string& word : words) {
    std::error_code error;
    const bool path = word.find('/') != word.npos;
    const bool folder = !path && std::filesystem::is_directory(word, error) && !meant(alike_variants(offer, word));
    if (folder) tell_user(taken(word, "./" + word));
    (path || folder ? folders : names).push_back(word);
  }
  words = names;
  for (const std::string& folder : folders) {
    const auto found = add_subjects_of(folder, offer);
    if (found.empty()) {
      throw UsageError(fmt::format("--subjects: found no manifest in \"{}\", expected {} in it or in its folders",
                                   folder, kManifestName));
    }
    brought.insert(brought.end(), found.begin(), found.end());
  }
  return brought;
} catch (const SpecError& error) {
  throw UsageError(error.what());
}

void tell_user(const std::string& line) {
  static std::set<std::string> told;
  if (told.insert(line).second) fmt::print(stderr, "bakeoff: {}\n", line);
}

Subject check_subject(const Offer& offer, const std::string& word, const std::vector<Role>& roles) try {
  const std::vector<std::string> wanted = with_role(offer, roles);
  const auto name =
      meant(alike_variants(offer, word), [&](const std::string& one) { return is_one_of(model_named(one), wanted); });
  if (!name) refuse(word_for(roles.back()), std::string(model_named(word)), with_measures(wanted, offer, roles));
  const Subject subject = make_variant(offer, *name);
  if (const auto unfit = settings_that_clash(subject)) throw VariantError(unfit->found, unfit->expected);
  if (*name != word) tell_user(taken(word, *name));
  return subject;
} catch (const VariantError& error) {
  throw UsageError(fmt::format("model: {}", error.what()));
}

std::string check_name(const std::string& kind, const std::string& word, const std::vector<std::string>& all) {
  const auto name = meant(word, all);
  if (!name) refuse(kind, word, all);
  if (*name != word) tell_user(taken(word, *name));
  return *name;
}

SubjectAndWork in_order(const Offer& offer, SubjectAndWork words, const std::vector<std::string>& works,
                        const std::vector<Role>& roles) {
  const std::vector<std::string> subjects = with_role(offer, roles);
  const auto is_subject = [&](const std::string& word) { return meant(model_named(word), subjects).has_value(); };
  const auto is_work = [&](const std::string& word) { return meant(word, works).has_value(); };
  if (is_subject(words.subject) || !is_work(words.subject)) return words;
  // A work alone lacks its subject.
  if (!words.work.empty() && (is_work(words.work) || !is_subject(words.work))) return words;
  std::swap(words.subject, words.work);
  if (!words.subject.empty()) {
    tell_user(taken(words.work + " " + words.subject, words.subject + " " + words.work));
  }
  return words;
}

void check_units(const Subject& subject, const std::optional<std::uint64_t>& units) {
  if (!units) return;
  if (subject.units) {
    throw UsageError(fmt::format("--units: found {} beside \"{}\", expected one of the two", *units, subject.name));
  }
  if (*units > subject.max_units) {
    throw UsageError(fmt::format("--units: found {}, expected {}", *units,
                                 in_words({subject.max_units, subject.units_meaning, 0, ""}, subject.name, false)));
  }
}

Names names_of(const Offer& offer) {
  Names known;
  for (const Subject& subject : offer.subjects) {
    if (!subject.foreign) known.models.push_back(subject.name);
  }
  known.workloads = entry_names(offer.workloads);
  known.jobs = entry_names(offer.jobs);
  known.unfit = [offer](const std::string& name) -> std::optional<Unfit> {
    try {
      return settings_that_clash(make_variant(offer, name));
    } catch (const VariantError& error) {
      return Unfit{error.found, error.expected};
    }
  };
  known.measures = measures_of(offer);
  known.probes = [offer](const std::string& measure) { return probes_that_measure(offer, measure); };
  // What no subject is called has been told elsewhere.
  known.misplaced = [offer](const std::string& name, TableKind kind, const std::string& work) {
    return variant_of(offer, name) ? misplaced(offer, name, kind, work) : std::nullopt;
  };
  known.refusal = [offer](const std::string& name, const TableSpec& table) -> std::string {
    const std::optional<Subject> subject = variant_of(offer, name);
    if (!subject) return "";
    Params params;
    if (!table.request.empty()) params.request = table.request;
    return refusal_of(*subject, table.is_job() ? table.job : table.workload, params);
  };
  known.alike = [offer](const std::string& name) { return alike_variants(offer, name); };
  known.tell = tell_user;
  known.units = [offer](const std::string& name) -> std::optional<UnitsRange> {
    const std::optional<Subject> subject = variant_of(offer, name);
    if (!subject || subject->units) return std::nullopt;
    return UnitsRange{.most = subject->max_units,
                      .meaning = subject->units_meaning,
                      .most_in_job = most_units(offer, subject->executor),
                      .executor = subject->executor};
  };
  return known;
}

}  // namespace bakeoff
