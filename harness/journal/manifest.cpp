#include "harness/journal/manifest.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/journal/durable.h"
#include "harness/journal/fields.h"

namespace bakeoff {
namespace {

template <typename T, typename Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

}  // namespace

template <Is<MachineLimits> Limits>
void visit_fields(auto& archive, Limits& limits) {
  archive("nofile_soft", limits.nofile_soft);
  archive("nofile_hard", limits.nofile_hard);
  archive("nproc_soft", limits.nproc_soft);
  archive("nproc_hard", limits.nproc_hard);
  archive("somaxconn", limits.somaxconn);
  archive("port_first", limits.port_first);
  archive("port_last", limits.port_last);
  archive("pid_max", limits.pid_max);
  archive("threads_max", limits.threads_max);
  archive("max_map_count", limits.max_map_count);
  archive("cgroup_pids_max", limits.cgroup_pids_max);
  archive("cgroup_memory_max", limits.cgroup_memory_max);
  archive("cgroup_cpus_max", limits.cgroup_cpus_max);
}

template <Is<MachineFacts> Facts>
void visit_fields(auto& archive, Facts& machine) {
  archive("host", machine.host);
  archive("cpu_model", machine.cpu_model);
  archive("cpus_online", machine.cpus_online);
  archive("cpus", machine.cpus);
  archive("kernel", machine.kernel);
  archive("os", machine.os);
  archive("mitigations", machine.mitigations);
  archive("virtualised", machine.virtualised);
  archive("virtualisation", machine.virtualisation);
  archive("governor", machine.governor);
  archive("frequency_mhz", machine.frequency_mhz);
  archive("frequency_max_mhz", machine.frequency_max_mhz);
  archive("turbo", machine.turbo);
  archive("memory_kib", machine.memory_kib);
  archive("limits", machine.limits);
  archive("congestion_control", machine.congestion_control);
  archive("clocksource", machine.clocksource);
  archive("transparent_hugepages", machine.transparent_hugepages);
  archive("smt", machine.smt);
  archive("preemption", machine.preemption);
  archive("load_average", machine.load_average);
  archive("could_not_read", machine.could_not_read);
}

template <Is<TableEndFacts> Facts>
void visit_fields(auto& archive, Facts& end) {
  archive("table", end.table);
  archive("why", end.why);
  archive("blocks", end.blocks);
}

template <Is<RepeatFacts> Facts>
void visit_fields(auto& archive, Facts& repeats) {
  archive("repeated", repeats.repeated);
  archive("helped", repeats.helped);
  archive("left", repeats.left);
}

template <Is<EndFacts> Facts>
void visit_fields(auto& archive, Facts& end) {
  archive("at", end.at);
  archive("elapsed_s", end.elapsed_s);
  archive("failure", end.failure);
  archive("tables", end.tables);
  archive("repeats", end.repeats);
}

template <Is<Manifest> Facts>
void visit_fields(auto& archive, Facts& manifest) {
  archive("schema", manifest.schema);
  archive("bakeoff_version", manifest.bakeoff_version);
  archive("commit", manifest.commit);
  archive("dirty", manifest.dirty);
  archive("harness_hash", manifest.harness_hash);
  archive("subject_hash", manifest.subject_hash);
  archive("compiler", manifest.compiler);
  archive("flags", manifest.flags);
  archive("build_type", manifest.build_type);
  archive("boost_version", manifest.boost_version);
  archive("experiment", manifest.experiment);
  archive("question", manifest.question);
  archive("baseline", manifest.baseline);
  archive("baselines", manifest.baselines);
  archive("subjects", manifest.subjects);
  archive("tables", manifest.tables);
  archive("like", manifest.like);
  archive("twins", manifest.twins);
  archive("differs", manifest.differs);
  archive("versions", manifest.versions);
  archive("tuning", manifest.tuning);
  archive("experiment_file", manifest.experiment_file);
  archive("experiment_hash", manifest.experiment_hash);
  archive("seed", manifest.seed);
  archive("blocks", manifest.blocks);
  archive("precision", manifest.precision);
  archive("budget_s", manifest.budget_s);
  archive("against", manifest.against);
  archive("against_hash", manifest.against_hash);
  archive("against_build", manifest.against_build);
  archive("arguments", manifest.arguments);
  archive("started_at", manifest.started_at);
  archive("resumed_at", manifest.resumed_at);
  archive("ended", manifest.ended);
  archive("subject_cpus", manifest.subject_cpus);
  archive("load_cpus", manifest.load_cpus);
  archive("machine", manifest.machine);
  archive("could_not_set", manifest.could_not_set);
  archive("experiment_text", manifest.experiment_text);
}

std::string manifest_to_json(const Manifest& manifest) {
  fields::Json object;
  fields::Writer writer(object);
  visit_fields(writer, manifest);
  return fields::dump(object, 2) + "\n";
}

Manifest manifest_from_json(std::string_view json) {
  fields::Document document;
  const fields::Value& object = document.parse(json);
  fields::require_schema(object, kManifestSchema);
  Manifest manifest;
  fields::Reader reader(object, "");
  visit_fields(reader, manifest);
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
  errno = 0;
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << manifest_to_json(manifest);
  file.close();
  if (!file) fail(std::generic_category().message(errno));
  // Its content before its name: after a power cut the name would otherwise stand for an empty file.
  error = sync_content(fresh);
  if (!error) std::filesystem::rename(fresh, path, error);
  if (!error) error = sync_directory(folder);
  if (error) fail(error.message());
}

Manifest read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestFile;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string() + ": " + std::generic_category().message(errno));
  std::ostringstream text;
  text << file.rdbuf();
  try {
    return manifest_from_json(text.str());
  } catch (const std::invalid_argument& fault) {
    throw std::runtime_error(path.string() + ": " + fault.what());
  }
}

}  // namespace bakeoff
