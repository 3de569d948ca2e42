#include "harness/commands/check_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/commands.h"
#include "harness/experiment/nearest.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/variant.h"

namespace bakeoff {
namespace {

[[noreturn]] void refuse(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  throw UsageError(
      fmt::format("found {} \"{}\", expected one of {}{}", kind, name, join_names(known), did_you_mean(name, known)));
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

Offer offer_of_all(const std::vector<std::string>& folders, std::vector<std::string>* brought) try {
  Offer offer = ask_builtin();
  add_foreign_subjects(offer);
  for (const std::string& folder : folders) {
    const auto names = add_subjects_of(folder, offer);
    if (names.empty()) {
      throw UsageError(fmt::format("--subjects: found no manifest in \"{}\", expected {} in it or in its folders",
                                   folder, kManifestName));
    }
    if (brought != nullptr) brought->insert(brought->end(), names.begin(), names.end());
  }
  return offer;
} catch (const SpecError& error) {
  throw UsageError(error.what());
}

Subject check_subject(const Offer& offer, const std::string& name, const std::vector<Role>& roles) try {
  const std::string base(model_named(name));
  std::vector<std::string> wanted;
  for (const std::vector<Subject>* list : {&offer.subjects, &offer.runners}) {
    for (const Subject& one : *list) {
      const bool fits = std::ranges::find(roles, one.role) != roles.end();
      if (fits && std::ranges::find(wanted, one.name) == wanted.end()) wanted.push_back(one.name);
    }
  }
  if (std::ranges::find(wanted, base) == wanted.end()) refuse(word_for(roles.back()), base, wanted);
  const Subject subject = make_variant(offer, name);
  if (const auto unfit = settings_that_clash(subject)) throw VariantError(unfit->found, unfit->expected);
  return subject;
} catch (const VariantError& error) {
  throw UsageError(fmt::format("model: {}", error.what()));
}

void check_name(const std::string& kind, const std::string& name, const std::vector<std::string>& all) {
  if (std::find(all.begin(), all.end(), name) == all.end()) refuse(kind, name, all);
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
  for (const Subject& runner : offer.runners) {
    const bool listed = std::ranges::find(known.measures, runner.measures) != known.measures.end();
    if (runner.role == Role::probe && !listed) known.measures.push_back(runner.measures);
  }
  known.probes = [offer](const std::string& measure) { return probes_that_measure(offer, measure); };
  known.misplaced = [offer](const std::string& name, TableKind kind, const std::string& work) {
    return misplaced(offer, name, kind, work);
  };
  known.units = [offer](const std::string& name) -> std::optional<UnitsRange> {
    const Subject subject = make_variant(offer, name);
    if (subject.units) return std::nullopt;
    return UnitsRange{.most = subject.max_units,
                      .meaning = subject.units_meaning,
                      .most_in_job = most_units(offer, subject.executor),
                      .executor = subject.executor};
  };
  return known;
}

}  // namespace bakeoff
