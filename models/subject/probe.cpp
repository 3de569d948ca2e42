// bakeoff-subject probe NAME: measures one mechanism.
#include <chrono>

#include "models/probes/catalogue.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"
#include "models/subject/result_line.h"

namespace bakeoff::models::subject {

int probe_command(std::span<const char* const> words) {
  const Arguments arguments(words, {"probe"}, {"--set"}, {"--check"});
  const probes::ProbeEntry* entry = probes::find_probe(arguments.position(0));
  if (!entry) throw unknown_name("probe", arguments.position(0), names_of(probes::probe_entries()));
  workloads::Settings settings(entry->settings);
  apply_settings(arguments, entry->name, settings);
  const std::string_view refusal = entry->refusal ? entry->refusal() : "";
  if (!refusal.empty()) throw ArgumentError(std::string(entry->name) + " needs " + std::string(refusal));
  if (arguments.has("--check")) return 0;

  const auto begin = std::chrono::steady_clock::now();
  const probes::ProbeResult result = entry->run(settings);
  const std::chrono::nanoseconds elapsed = std::chrono::steady_clock::now() - begin;
  Json line = {{"answer", 0},
               {"right", result.complaint.empty()},
               {"complaint", result.complaint},
               {"elapsed_ns", elapsed.count()},
               {"units_created", result.units_created},
               {"executor", ""}};
  if (result.peak_live_units) line["peak_live_units"] = *result.peak_live_units;
  add_measurements(line, settings, result.figures, result.limit);
  // Units of probes without that setting run on their caller's CPU: a fiber, a handler, a child of vfork.
  if (entry->measures != "lifecycle" && !line["settings"].contains("place")) line["settings"]["place"] = "same";
  for (const auto& [name, value] : result.settings) line["settings"][name] = value;
  if (!result.evidence.empty()) line["evidence"] = result.evidence;
  return print_line(line.dump()) && result.complaint.empty() ? 0 : 1;
}

}  // namespace bakeoff::models::subject
