// bakeoff doctor: what this machine lacks, and what makes its figures less reliable. Changes nothing. Its exit status
// does not depend on what it finds.
#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/doctor/findings_text.h"
#include "harness/doctor/known_programs.h"
#include "harness/doctor/read_facts.h"
#include "harness/doctor/read_pace.h"
#include "harness/doctor/read_programs.h"
#include "harness/doctor/read_watch.h"
#include "harness/doctor/topics.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/find_program.h"

namespace bakeoff::commands {
namespace {

/// The programs that the doctor knows of, and those that the manifests of further servers and of runtimes need.
std::vector<doctor::UsefulProgram> all_programs(const subjects::Inventory& inventory) {
  std::vector<doctor::UsefulProgram> needs = doctor::known_programs();
  for (const subjects::Subject& subject : inventory.subjects) {
    if (!subject.foreign) continue;
    for (const subjects::NeededProgram& needed : subject.foreign->needs) {
      const bool known = std::ranges::any_of(needs, [&](const doctor::UsefulProgram& need) {
        return need.program == needed.program && need.least == needed.least && need.file_names == needed.file_names;
      });
      const bool runtime = subject.foreign->says_ready;
      if (!known) needs.push_back({needed, (runtime ? "the runtime " : "the server ") + subject.name, !runtime, ""});
    }
  }
  return needs;
}

doctor::ModelsFacts ask_for_models() {
  doctor::ModelsFacts models;
  try {
    const subjects::Inventory inventory = subjects::describe_subject_program();
    models.count = inventory.subjects.size();
    for (const subjects::Subject& subject : inventory.subjects) {
      if (!subject.missing.empty()) models.missing.push_back({subject.name, subject.missing});
    }
  } catch (const std::runtime_error& error) {
    models.could_not_ask = error.what();
  }
  return models;
}

}  // namespace

int doctor_command(const DoctorOptions& options) {
  doctor::DoctorFacts facts = doctor::read_doctor_facts();
  facts.models = ask_for_models();
  // Manifests name the model that a server is like, so without the models none can be read.
  const std::vector<doctor::UsefulProgram> needs =
      facts.models.could_not_ask.empty() ? all_programs(full_inventory()) : doctor::known_programs();
  facts.programs = doctor::find_programs(needs, subjects::folders_of_path(subjects::search_path()));
  std::vector<std::string> servers;
  for (const doctor::UsefulProgram& need : needs) {
    if (need.server) servers.push_back(need.program);
  }
  facts.watch = doctor::watch_machine(servers);
  facts.pace = doctor::pace_of(doctor::work_in_pieces());

  const std::vector<doctor::DoctorFinding> findings = doctor::all_findings(facts);
  if (options.format == "json") {
    fmt::print("{}", doctor::findings_json(findings));
  } else {
    fmt::print("{}", doctor::findings_text(findings, doctor::installations(facts), stdout_style()));
  }
  return kDone;
}

}  // namespace bakeoff::commands
