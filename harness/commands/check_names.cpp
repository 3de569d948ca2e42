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

std::vector<std::string> names(const std::vector<Described>& entries) {
  std::vector<std::string> found;
  for (const Described& entry : entries) found.push_back(entry.name);
  return found;
}

std::optional<Unfit> settings_that_clash(const Subject& subject) try {
  check_settings(subject);
  return std::nullopt;
} catch (const std::invalid_argument& error) {
  return Unfit{fmt::format("\"{}\"", subject.name), fmt::format("settings that go together ({})", error.what())};
}

std::uint64_t most_units(const Offer& offer, const std::string& executor) {
  const auto found = std::find_if(offer.executors.begin(), offer.executors.end(),
                                  [&](const ExecutorFacts& one) { return one.name == executor; });
  return found == offer.executors.end() ? UINT64_MAX : found->max_units;
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

Subject check_subject(const Offer& offer, const std::string& name) try {
  const Subject subject = make_variant(offer, name);
  if (const auto unfit = settings_that_clash(subject)) throw VariantError(unfit->found, unfit->expected);
  return subject;
} catch (const VariantError& error) {
  throw UsageError(fmt::format("model: {}", error.what()));
}

void check_name(const std::string& kind, const std::string& name, const std::vector<Described>& known) {
  const auto all = names(known);
  if (std::find(all.begin(), all.end(), name) == all.end()) refuse(kind, name, all);
}

Names names_of(const Offer& offer) {
  Names known;
  for (const Subject& subject : offer.subjects) {
    if (!subject.foreign) known.models.push_back(subject.name);
  }
  known.workloads = names(offer.workloads);
  known.jobs = names(offer.jobs);
  known.unfit = [offer](const std::string& name) -> std::optional<Unfit> {
    try {
      return settings_that_clash(make_variant(offer, name));
    } catch (const VariantError& error) {
      return Unfit{error.found, error.expected};
    }
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
