// bakeoff doctor: what this machine lacks, and what of it makes figures worth less. Changes nothing; whatever it finds,
// it has done its work when it could look.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/show.h"
#include "harness/doctor/needs.h"
#include "harness/doctor/read_facts.h"
#include "harness/doctor/read_programs.h"
#include "harness/doctor/read_watch.h"
#include "harness/doctor/topics.h"
#include "harness/report/findings.h"
#include "harness/subjects/builtin.h"

namespace bakeoff {
namespace {

/// The known ones, and what the manifests of further servers need.
std::vector<Need> all_needs(const Offer& offer) {
  std::vector<Need> needs = known_needs();
  for (const Subject& subject : offer.subjects) {
    if (!subject.foreign) continue;
    for (const NeededProgram& needed : subject.foreign->needs) {
      const bool known =
          std::any_of(needs.begin(), needs.end(), [&](const Need& need) { return need.program == needed.program; });
      if (!known) needs.push_back({needed.program, needed.package, "the server " + subject.name, true, ""});
    }
  }
  return needs;
}

ModelsFacts ask_for_models() {
  ModelsFacts models;
  try {
    const Offer offer = ask_builtin();
    models.count = offer.subjects.size();
    for (const Subject& subject : offer.subjects) {
      if (!subject.missing.empty()) models.missing.push_back({subject.name, subject.missing});
    }
  } catch (const std::runtime_error& error) {
    models.could_not_ask = error.what();
  }
  return models;
}

}  // namespace

int doctor_command(const DoctorOptions& options) {
  DoctorFacts facts = read_doctor_facts();
  facts.models = ask_for_models();
  // Without the models no manifest can be read: they say which there are to be like.
  const std::vector<Need> needs = facts.models.could_not_ask.empty() ? all_needs(offer_of_all()) : known_needs();
  const char* path = std::getenv("PATH");
  facts.programs = look_for(needs, program_folders(path == nullptr ? "" : path));
  std::vector<std::string> servers;
  for (const Need& need : needs) {
    if (need.server) servers.push_back(need.program);
  }
  facts.watch = watch_machine(servers);

  const std::vector<DoctorFinding> findings = all_findings(facts);
  if (options.format == "json") {
    fmt::print("{}", findings_json(findings));
  } else {
    fmt::print("{}", findings_text(findings, installations(facts), stdout_style()));
  }
  return kDone;
}

}  // namespace bakeoff
