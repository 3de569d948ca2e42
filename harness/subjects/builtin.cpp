#include "harness/subjects/builtin.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/measure/hash.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"

namespace bakeoff::subjects {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::vector<NamedSummary> named_summaries(const json& list) {
  std::vector<NamedSummary> found;
  for (const json& entry : list) found.push_back({entry.at("name"), entry.at("summary")});
  return found;
}

SettingFacts setting_of(const json& setting) {
  return {.name = setting.at("name"),
          .meaning = setting.at("meaning"),
          .default_value = setting.at("default"),
          .choices = setting.value("choices", std::vector<std::string>()),
          .least = setting.value("least", std::uint64_t{0}),
          .most = setting.value("most", std::uint64_t{0}),
          .choice_meanings = setting.value("choice_meanings", std::vector<std::string>())};
}

// Builds before 0.1.0 did not say all of these: `run --against` may meet one.
std::vector<SettingFacts> settings_of(const json& entry) {
  std::vector<SettingFacts> settings;
  for (const json& setting : entry.value("settings", json::array())) settings.push_back(setting_of(setting));
  return settings;
}

JobFacts job_of(const json& entry) {
  JobFacts job{{entry.at("name"), entry.at("summary")}, settings_of(entry)};
  if (const auto compared = entry.find("compared"); compared != entry.end()) {
    compared->at("setting").get_to(job.compared_setting);
    compared->at("figures").get_to(job.compared_figures);
  }
  if (const auto units = entry.find("units"); units != entry.end()) job.units = units->get<std::uint64_t>();
  return job;
}

std::vector<JobFacts> jobs_of(const json& list) {
  std::vector<JobFacts> jobs;
  for (const json& job : list) jobs.push_back(job_of(job));
  return jobs;
}

/// It takes its own settings and those of all jobs; which of them a job has is checked where both are known.
Subject executor_of(const json& executor, const std::vector<JobFacts>& jobs) {
  Subject subject;
  subject.name = executor.at("name");
  subject.role = Role::executor;
  subject.model = subject.executor = subject.name;
  executor.at("summary").get_to(subject.summary);
  executor.at("max_units").get_to(subject.max_units);
  subject.takes_jobs = executor.value("works", false);  // Earlier builds have no workers.
  subject.settings = settings_of(executor);
  for (const JobFacts& job : jobs) {
    for (const SettingFacts& setting : job.settings) {
      const auto same = [&](const SettingFacts& known) { return known.name == setting.name; };
      if (std::ranges::none_of(subject.settings, same)) subject.settings.push_back(setting);
    }
  }
  return subject;
}

Subject probe_of(const json& probe) {
  Subject subject;
  subject.name = probe.at("name");
  subject.role = Role::probe;
  subject.model = subject.name;
  probe.at("measures").get_to(subject.measures);
  probe.at("summary").get_to(subject.summary);
  probe.at("file").get_to(subject.file);
  probe.at("missing").get_to(subject.missing);
  subject.settings = settings_of(probe);
  return subject;
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
  subject.settings = settings_of(model);
  subject.missing = model.value("missing", "");
  return subject;
}

/// Has bakeoff-subject look at the words and do nothing. Throws std::invalid_argument with what it finds wrong.
void run_check(Command command) {
  const ScratchFolder folder;
  command.argv.emplace_back("--check");
  command.error_file = folder.path() / "stderr";
  Process process = Process::start(command);
  const auto ended = process.wait(10s);
  if (!ended) throw std::runtime_error(fmt::format("{} --check did not end within 10 s", command.argv.front()));
  if (ended->exited && ended->status == 0) return;
  const std::string said = process.last_output();
  const auto words = said.find(": ");
  if (!ended->exited || words == std::string::npos) {
    throw std::runtime_error(fmt::format("{} --check {}: {}", command.argv.front(), ended->describe(), said));
  }
  throw std::invalid_argument(said.substr(words + 2));
}

}  // namespace

const Subject* Inventory::find(const std::string& name) const {
  for (const std::vector<Subject>* list : {&subjects, &executors_and_probes}) {
    const auto found = std::ranges::find(*list, name, &Subject::name);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

Inventory describe_subject_program() {
  return describe_subject_program(subject_program());
}

Inventory describe_subject_program(const std::filesystem::path& program) {
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
    Inventory inventory;
    const json& build = document.at("build");
    document.at("version").get_to(inventory.build.version);
    build.at("compiler").get_to(inventory.build.compiler);
    build.at("flags").get_to(inventory.build.flags);
    build.at("build_type").get_to(inventory.build.build_type);
    build.at("boost").get_to(inventory.build.boost);
    build.at("sanitizer").get_to(inventory.build.sanitizer);
    for (const json& model : document.at("models")) inventory.subjects.push_back(subject_of(model));
    inventory.workloads = named_summaries(document.at("workloads"));
    inventory.jobs = jobs_of(document.at("jobs"));
    for (const json& one : document.at("executors"))
      inventory.executors_and_probes.push_back(executor_of(one, inventory.jobs));
    for (const json& one : document.value("probes", json::array()))
      inventory.executors_and_probes.push_back(probe_of(one));
    const std::string hash = measure::content_hash(program);
    for (std::vector<Subject>* list : {&inventory.subjects, &inventory.executors_and_probes}) {
      for (Subject& subject : *list) {
        subject.program = program;
        subject.program_hash = hash;
      }
    }
    return inventory;
  } catch (const json::exception& error) {
    throw std::runtime_error(command.argv[0] + " describe: " + error.what());
  }
}

void check_settings(const Subject& subject) {
  // Of a foreign server, each setting is checked by itself (variant.h).
  if (subject.foreign || subject.arguments.empty() || !subject.missing.empty() || subject.role == Role::executor)
    return;
  Command command;
  command.argv = {subject.program.string(), "serve", subject.model, "echo"};
  if (subject.role == Role::probe) command.argv = {subject.program.string(), "probe", subject.model};
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  run_check(std::move(command));
}

void check_serve(const Subject& subject, const std::string& workload, const journal::Params& params,
                 const ServedWith& with) {
  if (subject.missing.empty()) run_check(command_to_serve(subject, workload, params, 0, with));
}

void check_job(const Subject& subject, const std::string& job, const journal::Params& params) {
  run_check(command_to_run(subject, job, params));
}

std::optional<std::uint64_t> connection_limit(const Subject& subject, const journal::Params& params) {
  if (!subject.holds_connection || subject.units || params.units) return std::nullopt;
  return subject.max_units;
}

std::uint64_t units_for(const Subject& subject, const journal::Params& params) {
  if (subject.units) return *subject.units;
  // "cpus" of a table may be more than a model can have: one loop is one loop.
  if (params.units) return std::min(*params.units, subject.max_units);
  if (const auto limit = connection_limit(subject, params); limit && params.load.connections > 0) {
    return std::min(params.load.connections_at_once(), *limit);
  }
  return subject.default_units;
}

Command command_to_serve(const Subject& subject, const std::string& workload, const journal::Params& params,
                         std::uint16_t port, const ServedWith& with) {
  Command command;
  command.argv = {subject.program.string(), "serve", subject.model, workload};
  if (with.unix_socket.empty()) {
    command.argv.insert(command.argv.end(), {"--port", std::to_string(port)});
  } else {
    command.argv.insert(command.argv.end(), {"--unix-socket", with.unix_socket});
  }
  // One unit per CPU is what the subject does by itself: it knows which CPUs it may run on.
  if (const std::uint64_t units = units_for(subject, params); units != kOneUnitPerCpu) {
    command.argv.insert(command.argv.end(), {"--units", std::to_string(units)});
  }
  if (params.load.message_bytes != 0) {
    command.argv.insert(command.argv.end(), {"--message-bytes", std::to_string(params.load.message_bytes)});
  }
  if (!with.files.empty()) command.argv.insert(command.argv.end(), {"--files", with.files.string()});
  if (!with.back_end.empty()) {
    const journal::BackEndFacts facts = params.back_end.value_or(journal::BackEndFacts());
    command.argv.insert(command.argv.end(), {"--back-end", with.back_end, "--pool", std::to_string(facts.pool),
                                             "--call-timeout-ms", std::to_string(facts.timeout_ms)});
  }
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  return command;
}

Command command_to_run(const Subject& subject, const std::string& job, const journal::Params& params) {
  Command command;
  const auto add = [&](std::initializer_list<std::string> words) {
    command.argv.insert(command.argv.end(), words.begin(), words.end());
  };
  if (subject.role == Role::probe) {
    add({subject.program.string(), "probe", subject.model});
  } else {
    add({subject.program.string(), "job", subject.model, job, "--units", std::to_string(params.units.value_or(1))});
    if (params.job_size && *params.job_size != 0) add({"--size", std::to_string(*params.job_size)});
  }
  // A model's settings are about serving.
  if (subject.role == Role::model) return command;
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  return command;
}

Command command_to_work(const Subject& subject, const journal::Params& params, const std::string& queue) {
  Command command;
  command.argv = {subject.program.string(),
                  "work",
                  subject.model,
                  "--queue",
                  queue,
                  "--units",
                  std::to_string(params.units.value_or(1))};
  if (params.queue) command.argv.insert(command.argv.end(), {"--acknowledge", params.queue->acknowledge});
  command.argv.insert(command.argv.end(), subject.arguments.begin(), subject.arguments.end());
  return command;
}

}  // namespace bakeoff::subjects
