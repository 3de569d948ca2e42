#include "harness/commands/list_overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::commands {
namespace {

constexpr std::size_t kWidestPage = 80;
constexpr std::size_t kNarrowestSummary = 16;

/// A part of the page: its title, and a name and a text for each line.
struct Part {
  std::string title;
  std::vector<subjects::NamedSummary> lines;
  bool whole = false;  ///< Texts are not cut.
};

/// As many words as have room, and a mark where some were cut off.
std::string beginning_of(const std::string& text, std::size_t width) {
  if (report::display_width(text) <= width) return text;
  constexpr std::size_t kMark = 2;  // " …"
  return report::shorten(report::wrap(text, width - kMark, 0).front(), width - kMark) + " …";
}

template <typename Entries>
Part part_of(const std::string& title, const Entries& entries) {
  Part part{.title = title, .lines = {}};
  for (const auto& entry : entries) part.lines.push_back({entry.name, entry.summary});
  return part;
}

Part named_subjects(const std::string& kind, const std::vector<subjects::Subject>& all) {
  Part part{.title = kind, .lines = {}, .whole = kind == "models"};
  for (const subjects::Subject& subject : all) {
    if (subject.kind() != kind) continue;
    part.lines.push_back({subject.name, subject.missing.empty() ? subject.summary : "missing: " + subject.missing});
  }
  return part;
}

/// A short form stands in the line of its experiment: "back-end  up to 19 min, back-end-short up to 5 min: What does".
Part experiments_with_short_forms(const std::vector<subjects::NamedSummary>& experiments) {
  constexpr std::string_view kShort = "-short";
  Part part{.title = "experiments", .lines = {}};
  for (const subjects::NamedSummary& one : experiments) {
    const auto find = [&](const std::string& name) {
      return std::ranges::find(experiments, name, &subjects::NamedSummary::name);
    };
    if (one.name.ends_with(kShort) && find(one.name.substr(0, one.name.size() - kShort.size())) != experiments.end()) {
      continue;
    }
    subjects::NamedSummary& line = part.lines.emplace_back(one);
    const auto form = find(one.name + std::string(kShort));
    if (form == experiments.end()) continue;
    const std::size_t length = std::min(line.summary.find(':'), line.summary.size());
    line.summary.insert(length, ", " + form->name + " " + form->summary.substr(0, form->summary.find(':')));
  }
  return part;
}

/// The names on one line for each group.
void add_to_group(Part& part, const std::string& group, const std::string& name) {
  auto line = std::ranges::find(part.lines, group, &subjects::NamedSummary::name);
  if (line == part.lines.end()) line = part.lines.insert(part.lines.end(), subjects::NamedSummary{group, ""});
  line->summary += (line->summary.empty() ? "" : ", ") + name;
}

Part probes_by_measure(const std::vector<subjects::Subject>& probes) {
  Part part{.title = "probes, by what they measure", .lines = {}, .whole = true};
  std::map<std::string, std::uint64_t> programs;  // Of others; there are too many for a page.
  for (const subjects::Subject& probe : probes) {
    if (probe.foreign) ++programs[probe.measures];
    if (!probe.foreign) add_to_group(part, probe.measures, probe.name);
  }
  for (const auto& [measures, count] : programs) {
    add_to_group(part, measures, report::counted(count, "program") + ": bakeoff list probes names them");
  }
  return part;
}

Part runtimes_by_language(const std::vector<subjects::Subject>& all) {
  Part part{.title = "runtimes, by language", .lines = {}, .whole = true};
  Part missing;
  for (const subjects::Subject& subject : all) {
    if (std::string_view(subject.kind()) != "runtimes") continue;
    add_to_group(subject.missing.empty() ? part : missing, subject.family(), subject.name);
  }
  for (const subjects::NamedSummary& line : missing.lines) {
    const bool alone = std::ranges::find(part.lines, line.name, &subjects::NamedSummary::name) == part.lines.end();
    add_to_group(part, line.name, "missing: " + line.summary);
    if (alone) continue;
    std::string& summary = std::ranges::find(part.lines, line.name, &subjects::NamedSummary::name)->summary;
    summary.replace(summary.find(", missing: "), 1, ";");
  }
  return part;
}

std::string lines_of(const Part& part, std::size_t width) {
  std::size_t widest = 0;
  for (const subjects::NamedSummary& line : part.lines) widest = std::max(widest, report::display_width(line.name));
  std::string text = part.title + "\n";
  for (const subjects::NamedSummary& line : part.lines) {
    const std::string start = fmt::format("  {:<{}}  ", line.name, widest);
    const std::size_t beside = report::display_width(start);
    const std::size_t room = std::max(kNarrowestSummary, width - std::min(width, beside));
    text += report::wrapped_text(start + (part.whole ? line.summary : beginning_of(line.summary, room)), width, beside);
  }
  return text;
}

}  // namespace

std::string list_overview(const subjects::Inventory& inventory, const std::vector<subjects::Subject>& executors,
                          const std::vector<subjects::Subject>& probes,
                          const std::vector<subjects::NamedSummary>& experiments,
                          const std::vector<subjects::NamedSummary>& profiles, const report::TerminalStyle& style) {
  const std::size_t asked = style.sentence_width();
  const std::size_t width = asked == 0 ? kWidestPage : std::min(asked, kWidestPage);
  std::string page;
  for (const Part& part : {named_subjects("models", inventory.subjects), named_subjects("servers", inventory.subjects),
                           runtimes_by_language(inventory.subjects), part_of("workloads", inventory.workloads),
                           part_of("jobs", inventory.jobs), part_of("executors", executors), probes_by_measure(probes),
                           experiments_with_short_forms(experiments), part_of("profiles of services", profiles)}) {
    if (!part.lines.empty()) page += lines_of(part, width) + "\n";
  }
  page += report::wrapped_text("bakeoff list KIND tells all of one kind: bakeoff list models.", width, 2);
  return page + report::wrapped_text(
                    "--subjects @models, @servers or @runtimes chooses all of a kind, and @python all of a language.",
                    width, 2);
}

}  // namespace bakeoff::commands
