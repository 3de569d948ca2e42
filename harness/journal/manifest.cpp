#include "harness/journal/manifest.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "harness/journal/durable.h"
#include "harness/journal/earlier_settings.h"
#include "harness/journal/json.h"
#include "harness/measure/text_file.h"

namespace bakeoff::journal {
namespace {

using fields::field;
using fields::FieldTable;

constexpr FieldTable kMachineLimitsFields{
    field<&measure::MachineLimits::nofile_soft>("nofile_soft"),
    field<&measure::MachineLimits::nofile_hard>("nofile_hard"),
    field<&measure::MachineLimits::nproc_soft>("nproc_soft"),
    field<&measure::MachineLimits::nproc_hard>("nproc_hard"),
    field<&measure::MachineLimits::somaxconn>("somaxconn"),
    field<&measure::MachineLimits::port_first>("port_first"),
    field<&measure::MachineLimits::port_last>("port_last"),
    field<&measure::MachineLimits::pid_max>("pid_max"),
    field<&measure::MachineLimits::threads_max>("threads_max"),
    field<&measure::MachineLimits::max_map_count>("max_map_count"),
    field<&measure::MachineLimits::cgroup_pids_max>("cgroup_pids_max"),
    field<&measure::MachineLimits::cgroup_memory_max>("cgroup_memory_max"),
    field<&measure::MachineLimits::cgroup_cpus_max>("cgroup_cpus_max"),
};

constexpr FieldTable kMachineFactsFields{
    field<&measure::MachineFacts::host>("host"),
    field<&measure::MachineFacts::cpu_model>("cpu_model"),
    field<&measure::MachineFacts::cpus_online>("cpus_online"),
    field<&measure::MachineFacts::cpus>("cpus"),
    field<&measure::MachineFacts::kernel>("kernel"),
    field<&measure::MachineFacts::os>("os"),
    field<&measure::MachineFacts::mitigations>("mitigations"),
    field<&measure::MachineFacts::virtualised>("virtualised"),
    field<&measure::MachineFacts::virtualisation>("virtualisation"),
    field<&measure::MachineFacts::governor>("governor"),
    field<&measure::MachineFacts::frequency_mhz>("frequency_mhz"),
    field<&measure::MachineFacts::frequency_max_mhz>("frequency_max_mhz"),
    field<&measure::MachineFacts::turbo>("turbo"),
    field<&measure::MachineFacts::memory_kib>("memory_kib"),
    field<&measure::MachineFacts::limits, kMachineLimitsFields>("limits"),
    field<&measure::MachineFacts::congestion_control>("congestion_control"),
    field<&measure::MachineFacts::clocksource>("clocksource"),
    field<&measure::MachineFacts::transparent_hugepages>("transparent_hugepages"),
    field<&measure::MachineFacts::smt>("smt"),
    field<&measure::MachineFacts::preemption>("preemption"),
    field<&measure::MachineFacts::load_average>("load_average"),
    field<&measure::MachineFacts::could_not_read>("could_not_read"),
};

constexpr FieldTable kTableEndFields{
    field<&TableEndFacts::table>("table"),
    field<&TableEndFacts::why>("why"),
    field<&TableEndFacts::blocks>("blocks"),
};

constexpr FieldTable kRepeatFactsFields{
    field<&RepeatFacts::repeated>("repeated"),
    field<&RepeatFacts::helped>("helped"),
    field<&RepeatFacts::left>("left"),
};

constexpr FieldTable kRunEndFields{
    field<&EndFacts::at>("at"),
    field<&EndFacts::elapsed_s>("elapsed_s"),
    field<&EndFacts::failure>("failure"),
    field<&EndFacts::tables, kTableEndFields>("tables"),
    field<&EndFacts::repeats, kRepeatFactsFields>("repeats"),
};

constexpr FieldTable kSweepPointFields{
    field<&SweepPointFacts::table>("table"),
    field<&SweepPointFacts::value>("value"),
};

constexpr FieldTable kSweepFields{
    field<&SweepFacts::name>("name"),
    field<&SweepFacts::key>("key"),
    field<&SweepFacts::points, kSweepPointFields>("points"),
};

constexpr FieldTable kManifestFields{
    field<&Manifest::schema>("schema"),
    field<&Manifest::bakeoff_version>("bakeoff_version"),
    field<&Manifest::commit>("commit"),
    field<&Manifest::dirty>("dirty"),
    field<&Manifest::harness_hash>("harness_hash"),
    field<&Manifest::subject_hash>("subject_hash"),
    field<&Manifest::compiler>("compiler"),
    field<&Manifest::flags>("flags"),
    field<&Manifest::build_type>("build_type"),
    field<&Manifest::boost_version>("boost_version"),
    field<&Manifest::experiment>("experiment"),
    field<&Manifest::question>("question"),
    field<&Manifest::baseline>("baseline"),
    field<&Manifest::baselines>("baselines"),
    field<&Manifest::subjects>("subjects"),
    field<&Manifest::tables>("tables"),
    field<&Manifest::sweeps, kSweepFields>("sweeps"),
    field<&Manifest::set>("set"),
    field<&Manifest::families>("families"),
    field<&Manifest::like>("like"),
    field<&Manifest::twins>("twins"),
    field<&Manifest::differs>("differs"),
    field<&Manifest::jobs_differ>("jobs_differ"),
    field<&Manifest::versions>("versions"),
    field<&Manifest::tuning>("tuning"),
    field<&Manifest::experiment_file>("experiment_file"),
    field<&Manifest::experiment_hash>("experiment_hash"),
    field<&Manifest::seed>("seed"),
    field<&Manifest::blocks>("blocks"),
    field<&Manifest::precision>("precision"),
    field<&Manifest::budget_s>("budget_s"),
    field<&Manifest::one_by_one>("one_by_one").unless_zero(),
    field<&Manifest::against>("against"),
    field<&Manifest::against_hash>("against_hash"),
    field<&Manifest::against_build>("against_build"),
    field<&Manifest::arguments>("arguments"),
    field<&Manifest::started_at>("started_at"),
    field<&Manifest::resumed_at>("resumed_at"),
    field<&Manifest::ended, kRunEndFields>("ended"),
    field<&Manifest::subject_cpus>("subject_cpus"),
    field<&Manifest::load_cpus>("load_cpus"),
    field<&Manifest::machine, kMachineFactsFields>("machine"),
    field<&Manifest::could_not_set>("could_not_set"),
    field<&Manifest::experiment_text>("experiment_text"),
};

}  // namespace

std::string manifest_to_json(const Manifest& manifest) {
  constexpr int kIndent = 2;
  return fields::write_json(kManifestFields, manifest, kIndent) + "\n";
}

Manifest manifest_from_json(std::string_view json) {
  Manifest manifest;
  fields::read_json(kManifestFields, json, manifest, {.newest_schema = kManifestSchema});
  return manifest;
}

void write_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  const std::filesystem::path path = folder / kManifestFile;
  // Beside it first, then renamed: a run that is killed here leaves the old manifest or the new one, never half of one.
  const std::filesystem::path fresh = folder / "manifest.json.new";
  const auto fail = [&](const std::string& cause) {
    throw std::runtime_error("cannot write " + path.string() + ": " + cause);
  };
  std::error_code error = create_directories_synced(folder);
  if (error) fail(error.message());
  error = measure::write_text(fresh, manifest_to_json(manifest));
  if (error) fail(error.message());
  // Its content before its name: after a power cut the name would otherwise stand for an empty file.
  error = sync_content(fresh);
  if (!error) std::filesystem::rename(fresh, path, error);
  if (!error) error = sync_directory(folder);
  if (error) fail(error.message());
}

Manifest read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestFile;
  const std::optional<std::string> text = measure::read_text(path);
  if (!text) throw std::runtime_error("cannot read " + path.string() + ": " + std::generic_category().message(errno));
  try {
    Manifest manifest = manifest_from_json(*text);
    use_names_of_today(manifest);
    return manifest;
  } catch (const std::invalid_argument& fault) {
    throw std::runtime_error(path.string() + ": " + fault.what());
  }
}

}  // namespace bakeoff::journal
