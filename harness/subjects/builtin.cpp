#include "harness/subjects/builtin.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/experiment/scratch_folder.h"
#include "harness/measure/hash.h"
#include "harness/subjects/places.h"
#include "harness/subjects/server.h"

namespace bakeoff {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::vector<Described> described(const json& list) {
  std::vector<Described> found;
  for (const json& entry : list) found.push_back({entry.at("name"), entry.at("summary")});
  return found;
}

SettingFacts setting_of(const json& setting) {
  return {.name = setting.at("name"),
          .meaning = setting.at("meaning"),
          .standard = setting.at("default"),
          .choices = setting.value("choices", std::vector<std::string>()),
          .least = setting.value("least", std::uint64_t{0}),
          .most = setting.value("most", std::uint64_t{0})};
}

Subject subject_of(const json& model) {
  Subject subject;
  model.at("name").get_to(subject.name);
  subject.model = subject.name;
  model.at("like").get_to(subject.like);
  model.at("summary").get_to(subject.summary);
  model.at("unit").get_to(subject.unit);
  model.at("who_waits").get_to(subject.who_waits);
  model.at("price").get_to(subject.price);
  model.at("breaks_under").get_to(subject.breaks_under);
  model.at("sharing").get_to(subject.sharing);
  model.at("store").get_to(subject.store);
  model.at("executor").get_to(subject.executor);
  model.at("file").get_to(subject.file);
  model.at("holds_connection").get_to(subject.holds_connection);
  model.at("default_units").get_to(subject.default_units);
  model.at("max_units").get_to(subject.max_units);
  model.at("units_meaning").get_to(subject.units_meaning);
  // Builds before 0.1.0 did not say these: `run --against` may meet one.
  for (const json& setting : model.value("settings", json::array())) subject.settings.push_back(setting_of(setting));
  subject.missing = model.value("missing", "");
  return subject;
}

}  // namespace

const Subject* Offer::find(const std::string& name) const {
  const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& s) { return s.name == name; });
  return found == subjects.end() ? nullptr : &*found;
}

Offer ask_builtin() {
  return ask_builtin(subject_program());
}

Offer ask_builtin(const std::filesystem::path& program) {
  Command command;
  command.argv = {program.string(), "describe"};
  Process process = Process::start(command);
  std::string text;
  while (const auto line = process.read_line(10s)) text += *line + "\n";
  const auto ended = process.wait(1s);
  if (!ended || !ended->exited || ended->status != 0) {
    throw std::runtime_error(command.argv[0] + " describe: " + (ended ? ended->describe() : "does not end"));
  }
  try {
    const json document = json::parse(text);
    Offer offer;
    const json& build = document.at("build");
    document.at("version").get_to(offer.build.version);
    build.at("compiler").get_to(offer.build.compiler);
    build.at("flags").get_to(offer.build.flags);
    build.at("build_type").get_to(offer.build.build_type);
    build.at("boost").get_to(offer.build.boost);
    build.at("sanitizer").get_to(offer.build.sanitizer);
    for (const json& model : document.at("models")) offer.subjects.push_back(subject_of(model));
    const std::string hash = content_hash(program);
    for (Subject& subject : offer.subjects) {
      subject.program = program;
      subject.program_hash = hash;
    }
    offer.workloads = described(document.at("workloads"));
    offer.jobs = described(document.at("jobs"));
    for (const json& executor : document.at("executors")) {
      offer.executors.push_back({{executor.at("name"), executor.at("summary")}, executor.at("max_units")});
    }
    return offer;
  } catch (const json::exception& error) {
    throw std::runtime_error(command.argv[0] + " describe: " + error.what());
  }
}

void check_settings(const Subject& subject) {
  if (subject.arguments.empty() || !subject.missing.empty()) return;
  const ScratchFolder folder;
  Command command;
  command.argv = {subject.program.string(), "serve", subject.model, "echo", "--check"};
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  command.error_file = folder.path() / "stderr";
  const Ended ended = Process::start(command).wait(10s).value_or(Ended{});
  if (ended.exited && ended.status == 0) return;
  const std::string said = last_lines(command.error_file);
  throw std::invalid_argument(said.substr(said.find(": ") + 2));
}

std::uint64_t connections_at_once(const Params& params) {
  const std::uint64_t load = params.connections.value_or(0);
  const std::uint64_t overlap = params.churn.value_or(false) ? (load + 3) / 4 : 0;
  return load + overlap + params.idle.value_or(0) + params.slow_senders.value_or(0) + params.slow_readers.value_or(0);
}

std::optional<std::uint64_t> connection_limit(const Subject& subject, const Params& params) {
  if (!subject.holds_connection || subject.units || params.units) return std::nullopt;
  return subject.max_units;
}

std::uint64_t units_for(const Subject& subject, const Params& params) {
  if (subject.units) return *subject.units;
  // "cpus" of a table may be more than a model can have: one loop is one loop.
  if (params.units) return std::min(*params.units, subject.max_units);
  if (const auto limit = connection_limit(subject, params); limit && params.connections) {
    return std::min(connections_at_once(params), *limit);
  }
  return subject.default_units;
}

Command command_to_serve(const Subject& subject, const std::string& workload, const Params& params,
                         std::uint16_t port) {
  Command command;
  command.argv = {subject.program.string(), "serve", subject.model, workload, "--port", std::to_string(port)};
  // One unit a CPU is what the subject does by itself: it knows which CPUs it may run on.
  if (const std::uint64_t units = units_for(subject, params); units != kUnitsPerCpu) {
    command.argv.insert(command.argv.end(), {"--units", std::to_string(units)});
  }
  if (params.message_bytes) {
    command.argv.insert(command.argv.end(), {"--message-bytes", std::to_string(*params.message_bytes)});
  }
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  return command;
}

Command command_to_run(const Subject& subject, const std::string& job, const Params& params) {
  Command command;
  command.argv = {
      subject.program.string(), "job", subject.model, job, "--units", std::to_string(params.units.value_or(1))};
  if (params.job_size && *params.job_size != 0) {
    command.argv.insert(command.argv.end(), {"--size", std::to_string(*params.job_size)});
  }
  return command;
}

}  // namespace bakeoff
