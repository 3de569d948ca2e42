#include "harness/report/report_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bakeoff::report {
namespace {

std::string join_nonempty(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string build_line(const journal::Manifest& manifest) {
  std::vector<std::string> parts;
  if (!manifest.bakeoff_version.empty()) {
    constexpr std::size_t kShortCommit = 10;
    const std::string commit = manifest.commit.substr(0, kShortCommit);
    parts.push_back("bakeoff " + manifest.bakeoff_version + (commit.empty() ? "" : " (" + commit + ")"));
  }
  if (manifest.dirty.value_or(false)) parts.push_back("uncommitted changes");
  parts.push_back(join_nonempty({manifest.compiler, manifest.build_type}));
  if (!manifest.boost_version.empty()) parts.push_back("Boost " + manifest.boost_version);
  parts.push_back(fmt::format("seed {}", manifest.seed));
  return join_nonempty(parts);
}

/// "apache-event: Apache/2.4.71; python-asyncio, python-threads: Python 3.11.2"
std::string versions_line(const std::map<std::string, std::string>& versions) {
  std::vector<std::pair<std::string, std::string>> said;  // What they say, and who says so.
  for (const auto& [subject, version] : versions) {
    const auto known = std::ranges::find(said, version, &std::pair<std::string, std::string>::first);
    if (known == said.end()) {
      said.emplace_back(version, subject);
    } else {
      known->second += ", " + subject;
    }
  }
  std::string line;
  for (const auto& [version, subjects] : said) line += (line.empty() ? "" : "; ") + subjects + ": " + version;
  return line;
}

/// Which rule ended the run, table by table where they differ.
std::string end_line(const journal::Manifest& manifest) {
  // Rows of a version that did not write it down.
  if (manifest.blocks == 0) return "";
  if (!manifest.ended) return "the run was cut off, or is still under way";
  if (!manifest.ended->failure.empty()) return "the run was broken off: " + manifest.ended->failure;
  return "ended: " + end_in_words(*manifest.ended);
}

/// Where all were repeated, the tables say how many.
std::string repeats_line(const journal::Manifest& manifest) {
  if (!manifest.ended || !manifest.ended->repeats || manifest.ended->repeats->left == 0) return "";
  return repeats_in_words(*manifest.ended->repeats);
}

std::string resumed_line(const journal::Manifest& manifest) {
  const std::size_t times = manifest.resumed_at.size();
  if (times == 0) return "";
  return fmt::format("resumed {}: a block that was cut off is paired across the pause",
                     times == 1 ? "once" : fmt::format("{} times", times));
}

}  // namespace

std::string machine_in_words(const measure::MachineFacts& machine) {
  std::vector<std::string> parts{machine.cpu_model};
  if (!machine.cpus.empty()) {
    parts.push_back(machine.cpus.size() == 1 ? "1 CPU" : fmt::format("{} CPUs", machine.cpus.size()));
  }
  if (machine.limits.cgroup_cpus_max) {
    parts.push_back(fmt::format("a CPU quota of {:g}", *machine.limits.cgroup_cpus_max));
  }
  if (machine.memory_kib) {
    parts.push_back(fmt::format("{:.1f} GiB", static_cast<double>(*machine.memory_kib) / 1024 / 1024));
  }
  parts.push_back(machine.kernel);
  parts.push_back(machine.os);
  if (machine.virtualised) {
    parts.push_back(*machine.virtualised ? (machine.virtualisation.empty() ? "virtualised" : machine.virtualisation)
                                         : "not virtualised");
  }
  if (!machine.governor.empty()) parts.push_back("governor " + machine.governor);
  return join_nonempty(parts);
}

std::string end_in_words(const journal::EndFacts& ended) {
  const auto& tables = ended.tables;
  const bool alike = std::all_of(tables.begin(), tables.end(), [&](const journal::TableEndFacts& end) {
    return end.why == tables.front().why && end.blocks == tables.front().blocks;
  });
  std::string text;
  for (const journal::TableEndFacts& end : tables) {
    if (alike && !text.empty()) break;
    text += (text.empty() ? "" : "; ") + (alike ? "" : end.table + ": ") +
            fmt::format("{} ({} block{})", end.why, end.blocks, end.blocks == 1 ? "" : "s");
  }
  return text;
}

std::string repeats_in_words(const journal::RepeatFacts& repeats) {
  std::string text = fmt::format("{} noisy {} run once more, {} came out quiet", repeats.repeated,
                                 repeats.repeated == 1 ? "trial was" : "trials were", repeats.helped);
  if (repeats.left == 0) return text;
  return text + fmt::format(", {} more {} not: the noise lasted, and repeating was given up", repeats.left,
                            repeats.left == 1 ? "was" : "were");
}

ReportInfo report_info(const journal::Manifest& manifest) {
  ReportInfo info{.experiment = manifest.experiment,
                  .question = manifest.question,
                  .baseline = manifest.baseline,
                  .baselines = manifest.baselines,
                  .against = manifest.against,
                  .precision = manifest.precision,
                  .subjects = manifest.subjects,
                  .tables = manifest.tables,
                  .sweeps = manifest.sweeps,
                  .families = manifest.families,
                  .like = manifest.like,
                  .twins = manifest.twins,
                  .differs = manifest.differs,
                  .jobs_differ = manifest.jobs_differ,
                  .foot = {}};
  for (const std::string& line : {end_line(manifest), repeats_line(manifest), resumed_line(manifest)}) {
    if (!line.empty()) info.foot.push_back(line);
  }
  if (const std::string machine = machine_in_words(manifest.machine); !machine.empty()) info.foot.push_back(machine);
  info.foot.push_back(build_line(manifest));
  if (!manifest.versions.empty()) info.foot.push_back(versions_line(manifest.versions));
  if (!manifest.against.empty()) {
    info.foot.push_back("other build: " + manifest.against + ", " + manifest.against_build +
                        (manifest.against_hash == manifest.subject_hash ? ", the same program" : ""));
  }
  if (!manifest.could_not_set.empty()) info.foot.push_back("could not set: " + join_nonempty(manifest.could_not_set));
  return info;
}

ReportInfo report_info(std::span<const journal::Trial> rows) {
  ReportInfo info;
  if (rows.empty()) return info;
  info.experiment = rows.front().experiment;
  info.baseline = rows.front().subject;
  return info;
}

}  // namespace bakeoff::report
