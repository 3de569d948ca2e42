#include "harness/subjects/manifest.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "harness/experiment/nearest.h"
#include "harness/experiment/scratch_folder.h"
#include "harness/experiment/spec.h"
#include "harness/experiment/toml_section.h"
#include "harness/measure/hash.h"
#include "harness/subjects/closed_way.h"
#include "harness/subjects/places.h"
#include "harness/subjects/process.h"
#include "harness/subjects/server.h"
#include "harness/subjects/template.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::vector<std::string> kKeys{"name",    "like",    "summary", "breaks_under", "version", "start",
                                     "files",   "folders", "needs",   "serves",       "sizes",   "units",
                                     "ready_s", "stop",    "grace_s", "tuning",       "differs", "warmup_s"};
const std::vector<std::string> kUnitsKeys{"unit", "meaning", "default", "most", "hold_connections"};
const std::vector<std::string> kSizeKeys{"of", "per", "times", "plus", "least", "most"};
const std::vector<std::string> kSizesOf{"connections", "active", "units", "cpus"};
/// What every template may name; the manifest's sizes come on top.
const std::vector<std::string> kPlaceholders{"active", "address", "connections", "cpus", "dir", "port", "units"};
const std::vector<std::string> kSignals{"TERM", "INT", "QUIT", "USR1", "USR2", "WINCH", "KILL"};
constexpr std::array kSignalNumbers{SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGKILL};
constexpr std::uint64_t kMost = 1'000'000;
constexpr double kLongestS = 600;

std::string required(const TomlSection& section, const char* key, const std::string& expected) {
  const auto text = section.text(key, expected);
  if (!text || text->empty()) section.fail(key, text ? "\"\"" : "nothing", expected);
  return *text;
}

/// Names that stay inside the folder they are put below.
bool stays_inside(const std::string& name) {
  const fs::path path = name;
  return !name.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

void read_files(const TomlSection& files, const fs::path& folder, Foreign& foreign) {
  for (const std::string& to : files.keys()) {
    const std::string from = required(files, to.c_str(), "a file beside the manifest");
    if (!stays_inside(to)) files.fail(to, in_quotes(to), "a name below the private folder");
    const fs::path source = folder / from;
    if (!stays_inside(from) || !fs::is_regular_file(source)) {
      files.fail(to, in_quotes(from), "a file beside the manifest");
    }
    foreign.files.push_back({source, to});
  }
}

void read_serves(const TomlSection& serves, const Offer& known, Foreign& foreign) {
  std::vector<std::string> workloads;
  for (const Described& workload : known.workloads) workloads.push_back(workload.name);
  serves.require_known(workloads);
  for (const std::string& workload : serves.keys()) {
    const auto requests = serves.texts(workload, "an array of requests, or [\"*\"] for all of them");
    foreign.serves[workload] = *requests;
  }
}

void read_sizes(const TomlSection& sizes, Foreign& foreign) {
  for (const std::string& name : sizes.keys()) {
    if (std::find(kPlaceholders.begin(), kPlaceholders.end(), name) != kPlaceholders.end()) {
      sizes.fail(name, in_quotes(name), "a name that is not taken (" + join_names(kPlaceholders) + ")");
    }
    // What is no placeholder's name would stay as it is in every template.
    if (!fill_in("@" + name + "@", {{name, ""}}).empty()) {
      sizes.fail(name, in_quotes(name), "small letters, digits and underscores");
    }
    const TomlSection one = sizes.section(name);
    one.require_known(kSizeKeys);
    SizeRule rule;
    const auto of = one.name("of", kSizesOf);
    if (!of) one.fail("of", "nothing", "one of " + join_names(kSizesOf));
    rule.of = *of;
    rule.per = one.whole("per", 1, kMost).value_or(rule.per);
    rule.times = one.whole("times", 1, kMost).value_or(rule.times);
    rule.plus = one.whole("plus", 0, kMost).value_or(rule.plus);
    rule.least = one.whole("least", 0, kMost).value_or(rule.least);
    rule.most = one.whole("most", std::max<std::uint64_t>(1, rule.least), kMost).value_or(rule.most);
    foreign.sizes[name] = rule;
  }
}

void read_units(const TomlSection& units, Subject& subject) {
  units.require_known(kUnitsKeys);
  subject.unit = required(units, "unit", "what it multiplies: process, thread");
  subject.units_meaning = required(units, "meaning", "what @units@ is to it: worker processes");
  subject.holds_connection = units.flag("hold_connections").value_or(false);
  subject.max_units = units.whole("most", 1, kMost).value_or(kMost);
  const std::string expected = fmt::format("\"cpus\" or a whole number from 1 to {}", subject.max_units);
  subject.default_units = 1;
  if (units.shown("default") == "\"cpus\"") {
    subject.default_units = kUnitsPerCpu;
  } else if (units.has("default")) {
    if (units.shown("default").starts_with('"')) units.fail("default", units.shown("default"), expected);
    subject.default_units = *units.whole("default", 1, subject.max_units);
  }
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Before anything starts: every placeholder is one that there is.
void check_templates(const TomlSection& section, const Foreign& foreign) {
  std::vector<std::string> names = kPlaceholders;
  for (const auto& [name, rule] : foreign.sizes) names.push_back(name);
  try {
    for (const std::string& word : foreign.start) {
      check_placeholders(word, names, foreign.manifest.string(), section.line_of("start"));
    }
    for (const FileTemplate& file : foreign.files) check_placeholders(text_of(file.from), names, file.from.string());
  } catch (const TemplateError& error) {
    throw SpecError(error.what());
  }
}

/// Its first line, of whichever stream; "" when it says nothing or fails.
std::string ask_version(const Foreign& foreign) try {
  if (foreign.version.empty()) return "";
  const ScratchFolder folder;
  Command command;
  command.argv = foreign.version;
  command.argv.front() = find_on_path(command.argv.front()).string();
  command.error_file = folder.path() / "said";
  command.output_to_error_file = true;
  Process::start(command).wait(5s);
  std::istringstream said(text_of(command.error_file));
  std::string line;
  std::getline(said, line);
  return line;
} catch (const std::system_error&) {
  return "";
}

std::string missing_of(const Foreign& foreign) {
  std::string programs, packages;
  for (const NeededProgram& need : foreign.needs) {
    if (!find_on_path(need.program).empty()) continue;
    programs += (programs.empty() ? "" : ", ") + need.program;
    // Among whole words: apache2 is in apache2-bin.
    if ((packages + " ").find(" " + need.package + " ") == packages.npos) packages += " " + need.package;
  }
  return programs.empty() ? "" : fmt::format("{} (apt install{})", programs, packages);
}

/// Of a program that was named by its path, what is wrong with it; of another, its name.
std::string why_missing(const std::string& program) {
  if (!program.starts_with('/')) return program;
  return fmt::format("{}: {}", program,
                     why_not_executed(program, {::geteuid(), ::getegid()}, "it may not be executed by this user"));
}

}  // namespace

fs::path find_on_path(const std::string& program) {
  if (program.find('/') != program.npos) return ::access(program.c_str(), X_OK) == 0 ? fs::absolute(program) : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin") +
                             ":/usr/local/sbin:/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder) / program;
    std::error_code unreadable;  // A folder that this user may not look into has nothing for them.
    if (!folder.empty() && fs::is_regular_file(candidate, unreadable) && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return {};
}

Subject parse_subject(std::string_view text, const fs::path& manifest, const Offer& known) {
  const toml::table table = parse_toml(text, manifest.string());
  const std::string file = manifest.string();
  const TomlSection section(table, file, "");
  section.require_known(kKeys);

  auto foreign = std::make_shared<Foreign>();
  foreign->manifest = manifest;
  Subject subject;
  subject.name = subject.model = read_name(section).value_or("");
  if (subject.name.empty()) section.fail("name", "nothing", "the name of the subject");
  std::vector<std::string> models;
  for (const Subject& model : known.subjects) {
    if (!model.foreign) models.push_back(model.name);
  }
  foreign->like = section.name("like", models).value_or("");
  if (foreign->like.empty()) section.fail("like", "nothing", "the model that makes the same choice");
  subject.like = foreign->like;
  subject.summary = section.text("summary", "a text").value_or("");
  subject.breaks_under = section.text("breaks_under", "a text").value_or("");
  foreign->differs = section.text("differs", "a text").value_or("");
  foreign->tuning = section.texts("tuning", "an array of sentences").value_or(foreign->tuning);
  foreign->folders = section.texts("folders", "an array of names").value_or(foreign->folders);
  for (std::size_t i = 0; i < foreign->folders.size(); ++i) {
    if (!stays_inside(foreign->folders[i])) {
      section.fail_element("folders", i, in_quotes(foreign->folders[i]), "a name below the private folder");
    }
  }
  foreign->version = section.texts("version", "an array of words").value_or(foreign->version);
  foreign->start = section.texts("start", "an array of words: the program and its arguments").value_or(foreign->start);
  if (foreign->start.empty()) section.fail("start", "nothing", "the program and its arguments, an array of words");
  foreign->ready = std::chrono::milliseconds(
      static_cast<std::int64_t>(section.seconds("ready_s", 0.1, kLongestS).value_or(10) * 1000));
  foreign->grace = std::chrono::milliseconds(
      static_cast<std::int64_t>(section.seconds("grace_s", 0.1, kLongestS).value_or(5) * 1000));
  foreign->warmup_s = section.seconds("warmup_s", 0, kLongestS).value_or(0);
  const std::string signal = section.name("stop", kSignals).value_or("TERM");
  foreign->stop_signal = kSignalNumbers.at(
      static_cast<std::size_t>(std::find(kSignals.begin(), kSignals.end(), signal) - kSignals.begin()));
  if (section.has("needs")) {
    const TomlSection needs = section.section("needs");
    for (const std::string& program : needs.keys()) {
      foreign->needs.push_back({program, required(needs, program.c_str(), "the Debian package that has it")});
    }
  }
  if (section.has("files")) read_files(section.section("files"), manifest.parent_path(), *foreign);
  if (!section.has("serves")) section.fail("serves", "nothing", "[serves] with the workloads that it serves");
  read_serves(section.section("serves"), known, *foreign);
  if (section.has("sizes")) read_sizes(section.section("sizes"), *foreign);
  if (section.has("units")) read_units(section.section("units"), subject);
  check_templates(section, *foreign);

  subject.sharing = "its own";
  subject.file = manifest.string();
  subject.missing = missing_of(*foreign);
  if (subject.missing.empty()) {
    if (const fs::path program = find_on_path(foreign->start.front()); !program.empty()) {
      subject.program = program;
      subject.program_hash = content_hash(program);
    } else {
      subject.missing = why_missing(foreign->start.front());
    }
    subject.version = ask_version(*foreign);
  }
  subject.foreign = std::move(foreign);
  return subject;
}

Subject read_subject(const fs::path& manifest, const Offer& known) {
  std::error_code failed;
  if (!fs::is_regular_file(manifest, failed)) throw SpecError(manifest.string() + ": cannot be read: no such file");
  return parse_subject(text_of(manifest), manifest, known);
}

std::vector<std::string> add_subjects_of(const fs::path& folder, Offer& offer) {
  std::vector<fs::path> manifests;
  std::error_code missing;
  if (fs::exists(folder / kManifestName, missing)) manifests.push_back(folder / kManifestName);
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (fs::exists(entry.path() / kManifestName, missing)) manifests.push_back(entry.path() / kManifestName);
  }
  std::sort(manifests.begin(), manifests.end());
  std::vector<std::string> names;
  for (const fs::path& manifest : manifests) {
    Subject subject = read_subject(manifest, offer);
    if (const Subject* other = offer.find(subject.name)) {
      throw SpecError(fmt::format("{}: name: found \"{}\", which {} has already, expected one of its own",
                                  manifest.string(), subject.name, other->file));
    }
    names.push_back(subject.name);
    offer.subjects.push_back(std::move(subject));
  }
  return names;
}

void add_foreign_subjects(Offer& offer) {
  add_subjects_of(reference_directory() / "servers", offer);
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config == '/') {
    add_subjects_of(fs::path(config) / "bakeoff" / "subjects", offer);
  } else if (home != nullptr && *home == '/') {
    add_subjects_of(fs::path(home) / ".config" / "bakeoff" / "subjects", offer);
  }
}

}  // namespace bakeoff
