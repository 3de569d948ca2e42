#include "harness/subjects/manifest.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/toml_section.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/find_needed.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/inventory_names.h"
#include "harness/subjects/manifest_folder.h"
#include "harness/subjects/manifest_parts.h"
#include "harness/subjects/path_access.h"
#include "harness/subjects/template.h"
#include "harness/subjects/variant.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kKeys{
    "name",    "like",     "summary",        "breaks_under",  "version",  "start", "files",      "folders",
    "needs",   "serves",   "sizes",          "units",         "ready_s",  "stop",  "grace_s",    "tuning",
    "differs", "warmup_s", "warmup_limit_s", "memory_mib",    "settings", "build", "says_ready", "runs",
    "setup",   "back_end", "works",          "out_of_memory", "probe"};
const std::vector<std::string> kUnitsKeys{"unit", "meaning", "default", "most", "hold_connections"};
const std::vector<std::string> kSizeKeys{"of", "per", "times", "plus", "least", "most"};
const std::vector<std::string> kSizesOf{"connections", "active", "units", "cpus"};
/// What every template may name; the manifest's sizes come on top.
const std::vector<std::string> kPlaceholders{"active", "address", "back_end", "call_timeout_ms", "connections",
                                             "cpus",   "dir",     "files",    "message_bytes",   "pool",
                                             "port",   "units",   "workload"};
/// By workloads::BackEndProtocol.
const std::vector<std::string> kBackEndProtocols{"http", "redis", "postgres"};
const std::vector<std::string> kSignals{"TERM", "INT", "QUIT", "USR1", "USR2", "WINCH", "KILL"};
constexpr std::array kSignalNumbers{SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGKILL};
constexpr std::uint64_t kMost = 1'000'000;
constexpr double kLongestS = 600;

void read_files(const input::TomlSection& files, const ManifestFolder& beside, ForeignServer& foreign) {
  ManifestFiles reader(beside, foreign.manifest.parent_path());
  for (const std::string& to : files.keys()) {
    const std::string from = required_text(files, to, "a file beside the manifest");
    if (!stays_inside(to)) files.fail(to, measure::in_quotes(to), "a name below the private folder");
    foreign.files.push_back(reader.read(
        from, to, [&](const std::string& found, const std::string& expected) { files.fail(to, found, expected); }));
  }
}

void read_serves(const input::TomlSection& serves, const Inventory& known, ForeignServer& foreign) {
  std::vector<std::string> workloads;
  for (const NamedSummary& workload : known.workloads) workloads.push_back(workload.name);
  serves.require_known(workloads);
  for (const std::string& workload : serves.keys()) {
    const auto requests = serves.texts(workload, "an array of requests, or [\"*\"] for all of them");
    foreign.serves[workload] = plain_texts(*requests);
  }
}

void read_sizes(const input::TomlSection& sizes, ForeignServer& foreign) {
  for (const std::string& name : sizes.keys()) {
    // What is no placeholder's name would stay as it is in every template.
    if (!can_be_placeholder(name)) {
      sizes.fail(name, measure::in_quotes(name), "small letters, digits and underscores");
    }
    const input::TomlSection one = sizes.section(name);
    one.require_known(kSizeKeys);
    SizeRule rule;
    const auto of = one.name("of", kSizesOf);
    if (!of) one.fail("of", "nothing", "one of " + input::join_names(kSizesOf));
    rule.of = *of;
    rule.per = one.whole("per", 1, kMost).value_or(rule.per);
    rule.times = one.whole("times", 1, kMost).value_or(rule.times);
    rule.plus = one.whole("plus", 0, kMost).value_or(rule.plus);
    rule.least = one.whole("least", 0, kMost).value_or(rule.least);
    rule.most = one.whole("most", std::max<std::uint64_t>(1, rule.least), kMost).value_or(rule.most);
    foreign.sizes[name] = rule;
  }
}

void read_units(const input::TomlSection& units, Subject& subject) {
  units.require_known(kUnitsKeys);
  subject.unit = measure::plain_text(required_text(units, "unit", "what it multiplies: process, thread"));
  subject.units_meaning =
      measure::plain_text(required_text(units, "meaning", "what @units@ is to it: worker processes"));
  subject.holds_connection = units.flag("hold_connections").value_or(false);
  subject.max_units = units.whole("most", 1, kMost).value_or(kMost);
  const std::string expected = fmt::format("\"cpus\" or a whole number from 1 to {}", subject.max_units);
  subject.default_units = 1;
  if (units.shown("default") == "\"cpus\"") {
    subject.default_units = kOneUnitPerCpu;
  } else if (units.has("default")) {
    if (units.shown("default").starts_with('"')) units.fail("default", units.shown("default"), expected);
    subject.default_units = *units.whole("default", 1, subject.max_units);
  }
}

/// Further placeholders of the manifest, each with the section that names it.
std::vector<std::pair<std::string, std::string>> own_placeholders(const Subject& subject,
                                                                  const ForeignServer& foreign) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [name, rule] : foreign.sizes) names.emplace_back(name, "sizes");
  for (const SettingFacts& setting : subject.settings) names.emplace_back(setting.name, "settings");
  for (const NeededProgram& need : foreign.needs) {
    if (can_be_placeholder(need.program)) names.emplace_back(need.program, "needs");
  }
  return names;
}

/// Before anything starts: every placeholder is one that there is, and stands for one thing.
void check_templates(const input::TomlSection& section, const Subject& subject, const ForeignServer& foreign) {
  std::vector<std::string> names = kPlaceholders, paths;
  for (const auto& [name, part] : own_placeholders(subject, foreign)) {
    if (std::ranges::find(names, name) != names.end()) {
      section.section(part).fail(name, measure::in_quotes(name),
                                 "a name that is not taken (" + input::join_names(names) + ")");
    }
    names.push_back(name);
    if (part == "needs") {
      paths.push_back(name);
      paths.push_back(name + kVersionSuffix);
    }
  }
  if (foreign.build) names.emplace_back(kBuiltPlaceholder);
  const std::string file = foreign.manifest.string();
  for (const std::string& word : foreign.start) check_placeholders(word, names, file, section.line_of("start"));
  for (const SetupStep& step : foreign.setup) {
    for (const std::string& word : step.run) check_placeholders(word, names, file, section.line_of("setup"));
  }
  std::vector<std::string> of_a_job = names;
  of_a_job.insert(of_a_job.end(), {"job", "size"});
  for (const std::string& word : foreign.run) check_placeholders(word, of_a_job, file, section.line_of("runs"));
  std::vector<std::string> of_workers = names;
  of_workers.insert(of_workers.end(), {"acknowledge", "queue"});
  for (const std::string& word : foreign.work) check_placeholders(word, of_workers, file, section.line_of("works"));
  for (const FileTemplate& one : foreign.files) check_placeholders(one.text, names, one.from.string());
  for (const std::string& word : foreign.version) check_placeholders(word, paths, file, section.line_of("version"));
  if (!foreign.build) return;
  paths.emplace_back(kOutPlaceholder);
  for (const BuildStep& step : foreign.build->steps) {
    for (const std::vector<std::string>* words : {&step.run, &step.otherwise}) {
      for (const std::string& word : *words) check_placeholders(word, paths, file, section.line_of("build"));
    }
  }
}

/// What is wrong with a program that was named by its path; the name of any other program.
std::string why_missing(const std::string& program) {
  if (!program.starts_with('/')) return program;
  return fmt::format("{}: {}", program,
                     why_not_executable(program, {::geteuid(), ::getegid()}, "it may not be executed by this user"));
}

/// A model, or one with settings: the choice that this server makes too.
std::string read_like(const input::TomlSection& section, const Inventory& known) {
  Inventory models;
  for (const Subject& subject : known.subjects) {
    if (!subject.foreign) models.subjects.push_back(subject);
  }
  const std::string expected = "the model that makes the same choice";
  const std::string like = section.text("like", expected).value_or("");
  if (like.empty()) section.fail("like", "nothing", expected);
  if (model_name_of(like) == like) return *section.name("like", entry_names(models.subjects));
  try {
    return make_variant(models, like).name;
  } catch (const VariantError& error) {
    section.fail("like", error.found, error.expected);
  }
}

/// `beside` is the manifest's folder; nullptr opens it where it is needed.
Subject parse(std::string_view text, const fs::path& manifest, const Inventory& known, const ManifestFolder* beside) {
  const toml::table table = input::parse_toml(text, manifest.string());
  const std::string file = manifest.string();
  const input::TomlSection section(table, file, "");
  section.require_known(kKeys);

  auto foreign = std::make_shared<ForeignServer>();
  foreign->manifest = manifest;
  Subject subject;
  subject.name = subject.model = input::read_name(section).value_or("");
  if (subject.name.empty()) section.fail("name", "nothing", "the name of the subject");
  if (section.has("probe")) {
    read_probe(section.section("probe"), subject, *foreign);
  } else {
    foreign->like = read_like(section, known);
  }
  subject.like = foreign->like;
  subject.summary = shown_text(section, "summary");
  subject.breaks_under = shown_text(section, "breaks_under");
  foreign->differs = shown_text(section, "differs");
  foreign->tuning = plain_texts(section.texts("tuning", "an array of sentences").value_or(foreign->tuning));
  foreign->folders = section.texts("folders", "an array of names").value_or(foreign->folders);
  for (std::size_t i = 0; i < foreign->folders.size(); ++i) {
    if (!stays_inside(foreign->folders[i])) {
      section.fail_element("folders", i, measure::in_quotes(foreign->folders[i]), "a name below the private folder");
    }
  }
  foreign->version = section.texts("version", "an array of words").value_or(foreign->version);
  foreign->out_of_memory = section.texts("out_of_memory", "an array of texts").value_or(foreign->out_of_memory);
  foreign->start = section.texts("start", "an array of words: the program and its arguments").value_or(foreign->start);
  if (section.has("runs")) read_runs(section.section("runs"), known, *foreign);
  if (section.has("works")) read_works(section.section("works"), *foreign);
  if (foreign->start.empty() && foreign->run.empty() && foreign->work.empty()) {
    section.fail("start", "nothing", "the program and its arguments, an array of words");
  }
  foreign->ready = std::chrono::milliseconds(
      static_cast<std::int64_t>(section.seconds("ready_s", 0.1, kLongestS).value_or(10) * 1000));
  foreign->grace = std::chrono::milliseconds(
      static_cast<std::int64_t>(section.seconds("grace_s", 0.1, kLongestS).value_or(5) * 1000));
  foreign->warmup_s = section.seconds("warmup_s", 0, kLongestS).value_or(0);
  foreign->warmup_limit_s = section.seconds("warmup_limit_s", 1, kLongestS).value_or(0);
  foreign->memory_mib = section.whole("memory_mib", 1, kMost);
  const std::string signal = section.name("stop", kSignals).value_or("TERM");
  foreign->stop_signal = kSignalNumbers.at(
      static_cast<std::size_t>(std::find(kSignals.begin(), kSignals.end(), signal) - kSignals.begin()));
  if (section.has("needs")) foreign->needs = read_needs(section.section("needs"));
  for (NeededProgram& need : foreign->needs) find_needed(need);
  if (section.has("files") || section.has("build")) {
    std::optional<ManifestFolder> opened;
    const ManifestFolder& folder = beside != nullptr ? *beside : opened.emplace(manifest.parent_path());
    if (section.has("files")) read_files(section.section("files"), folder, *foreign);
    if (section.has("build")) foreign->build = read_build(section.section("build"), folder, manifest.parent_path());
  }
  foreign->says_ready = section.flag("says_ready").value_or(false);
  if (section.has("serves")) read_serves(section.section("serves"), known, *foreign);
  if (const auto protocol = section.name("back_end", kBackEndProtocols)) {
    foreign->back_end = static_cast<workloads::BackEndProtocol>(
        std::find(kBackEndProtocols.begin(), kBackEndProtocols.end(), *protocol) - kBackEndProtocols.begin());
  }
  if (const auto setup = section.sections("setup")) foreign->setup = read_setup(*setup, *foreign);
  if (foreign->serves.empty() && foreign->run.empty() && foreign->work.empty() && !foreign->back_end) {
    section.fail("serves", "nothing", "[serves] with the workloads that it serves");
  }
  if (section.has("sizes")) read_sizes(section.section("sizes"), *foreign);
  if (section.has("units")) read_units(section.section("units"), subject);
  if (section.has("settings")) read_settings(section.section("settings"), known, subject, *foreign);
  check_templates(section, subject, *foreign);

  subject.sharing = "its own";
  subject.file = manifest.string();
  subject.missing = missing_in_words(foreign->needs);
  if (subject.missing.empty() && !foreign->build) {
    const std::string start = fill_in(first_command(*foreign).front(), paths_of(*foreign));
    if (const fs::path program = find_program(start); !program.empty()) {
      subject.program = program;
    } else {
      subject.missing = why_missing(start);
    }
  }
  subject.foreign = std::move(foreign);
  return subject;
}

Subject read_in(const ManifestFolder& folder, const fs::path& manifest, const Inventory& known) {
  std::string text;
  try {
    text = folder.read(manifest.filename());
  } catch (const std::system_error& error) {
    const std::string found = what_lies_there(error);
    throw input::InputError(manifest.string() + (found.empty() ? ": cannot be read: " + error.code().message()
                                                               : ": found " + found + ", expected a file"));
  }
  return parse(text, manifest, known, &folder);
}

/// The manifests in a folder; none where it is not there.
std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::vector<fs::path> manifests;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (is_manifest(entry.path())) manifests.push_back(entry.path());
  }
  return manifests;
}

/// Reads the folder itself, to which a link may lead, or a folder in it, which must not be a link.
Subject read_below(const ManifestFolder& folder, const fs::path& manifest, const fs::path& named,
                   const Inventory& known) {
  const fs::path own = manifest.parent_path();
  if (own == named) return read_in(folder, manifest, known);
  try {
    return read_in(folder.below(own.filename()), manifest, known);
  } catch (const std::system_error& error) {
    const std::string found = what_lies_there(error);
    throw input::InputError(own.string() + ": " + (found.empty() ? error.code().message() : "found " + found) +
                            ", expected a folder");
  }
}

}  // namespace

bool is_manifest(const fs::path& file) {
  const std::string name = file.filename();
  return name == kManifestName || name.ends_with(kManifestEnding);
}

std::map<std::string, std::string> paths_of(const ForeignServer& foreign) {
  std::map<std::string, std::string> paths;
  for (const NeededProgram& need : foreign.needs) {
    if (need.found.empty()) continue;
    paths[need.program] = need.found;
    if (!need.found_version.empty()) paths[need.program + kVersionSuffix] = need.found_version;
  }
  if (!foreign.built.empty()) paths[kBuiltPlaceholder] = foreign.built;
  return paths;
}

Subject parse_subject(std::string_view text, const fs::path& manifest, const Inventory& known) {
  return parse(text, manifest, known, nullptr);
}

Subject read_subject(const fs::path& manifest, const Inventory& known) try {
  return read_in(ManifestFolder(manifest.parent_path()), manifest, known);
} catch (const std::system_error& error) {
  throw input::InputError(manifest.string() + ": cannot be read: " + error.code().message());
}

std::vector<std::string> add_subjects_in(const fs::path& given, Inventory& inventory) {
  // "." has no name of its own, by which it could be opened in the folder above it.
  const bool nameless = given.filename() == "." || given.filename() == ".." || !given.has_filename();
  const fs::path named = nameless ? fs::weakly_canonical(given) : given;
  std::vector<fs::path> manifests = manifests_in(named);
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(named, missing)) {
    for (fs::path& manifest : manifests_in(entry.path())) manifests.push_back(std::move(manifest));
  }
  if (manifests.empty()) return {};
  std::sort(manifests.begin(), manifests.end());
  const ManifestFolder folder(named);
  std::vector<std::string> names;
  for (const fs::path& manifest : manifests) {
    Subject subject = read_below(folder, manifest, named, inventory);
    if (const Subject* other = inventory.find(subject.name)) {
      throw input::InputError(fmt::format("{}: name: found \"{}\", which {} has already, expected one of its own",
                                          manifest.string(), subject.name, other->file));
    }
    names.push_back(subject.name);
    auto& list = subject.role == Role::probe ? inventory.executors_and_probes : inventory.subjects;
    list.push_back(std::move(subject));
  }
  return names;
}

void add_foreign_subjects(Inventory& inventory) {
  for (const char* folder : {"servers", "runtimes", "scripts"})
    add_subjects_in(reference_directory() / folder, inventory);
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config == '/') {
    add_subjects_in(fs::path(config) / "bakeoff" / "subjects", inventory);
  } else if (home != nullptr && *home == '/') {
    add_subjects_in(fs::path(home) / ".config" / "bakeoff" / "subjects", inventory);
  }
}

}  // namespace bakeoff::subjects
