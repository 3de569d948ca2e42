#include "harness/subjects/manifest_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/input/nearest_name.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/find_needed.h"
#include "harness/subjects/template.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kNeedKeys{"package", "names", "folders", "least", "version", "how"};
const std::vector<std::string> kSettingKeys{"meaning", "choices", "default", "least", "most", "workloads"};
const std::vector<std::string> kBuildKeys{"inputs", "steps", "results", "limit_s"};
const std::vector<std::string> kStepKeys{"run", "or"};
const std::vector<std::string> kSetupKeys{"run", "input"};
const std::vector<std::string> kRunsKeys{"start", "jobs", "differs"};
const std::vector<std::string> kWorksKeys{"start"};
const std::vector<std::string> kProbeKeys{"start", "measures"};
constexpr std::size_t kMostFilesBytes = 64 << 20;  ///< All files of a manifest together.
constexpr std::uint64_t kMostOfASetting = 1'000'000;
constexpr double kLongestBuildS = 3600;

const char* const kNames = "an array of names";
const char* const kWords = "an array of words: the program and its arguments";

std::vector<std::string> required_words(const input::TomlSection& section, const char* key) {
  std::vector<std::string> words = section.texts(key, kWords).value_or(std::vector<std::string>());
  if (words.empty()) section.fail(key, "nothing", kWords);
  return words;
}

NeededProgram read_need(const input::TomlSection& needs, const std::string& program) {
  NeededProgram need{.program = measure::plain_text(program), .package = {}};
  if (needs.shown(program).starts_with('"')) {
    need.package = measure::plain_text(required_text(needs, program, "the Debian package that has it"));
    return need;
  }
  const input::TomlSection one = needs.section(program);
  one.require_known(kNeedKeys);
  need.how = shown_text(one, "how");
  if (need.how.empty()) {
    need.package = measure::plain_text(required_text(one, "package", "the Debian package that has it"));
  }
  need.file_names = one.texts("names", kNames).value_or(need.file_names);
  need.folders = one.texts("folders", "an array of folders").value_or(need.folders);
  for (std::size_t i = 0; i < need.folders.size(); ++i) {
    const std::string& folder = need.folders[i];
    if (folder.starts_with('/') || folder.starts_with('$')) continue;
    one.fail_element("folders", i, measure::in_quotes(folder), "an absolute path, or one that begins with $VARIABLE");
  }
  need.least = one.text("least", "a version").value_or("");
  need.version = one.texts("version", kWords).value_or(need.version);
  if (!need.least.empty()) {
    if (version_in(need.least) != need.least) one.fail("least", measure::in_quotes(need.least), "numbers and dots");
    if (need.version.empty()) {
      one.fail("version", "nothing", "the arguments with which it says its version, beside least");
    }
  }
  return need;
}

SettingFacts read_setting(const input::TomlSection& setting, const std::string& name) {
  setting.require_known(kSettingKeys);
  SettingFacts facts{.name = name,
                     .meaning = measure::plain_text(required_text(setting, "meaning", "what it sets")),
                     .default_value = {}};
  facts.choices = setting.texts("choices", kNames).value_or(facts.choices);
  for (std::size_t i = 0; i < facts.choices.size(); ++i) {
    const std::string& choice = facts.choices[i];
    const bool good = !choice.empty() && choice.find_first_of(":= \t\n") == choice.npos;
    if (!good) setting.fail_element("choices", i, measure::in_quotes(choice), "a word without spaces, colons and =");
  }
  facts.least = setting.whole("least", 0, kMostOfASetting).value_or(1);
  facts.most = setting.whole("most", facts.least, kMostOfASetting).value_or(kMostOfASetting);
  if (!setting.has("default")) return facts;
  if (facts.choices.empty()) {
    facts.default_value = std::to_string(*setting.whole("default", facts.least, facts.most));
  } else {
    facts.default_value = *setting.name("default", facts.choices);
  }
  return facts;
}

/// A job's setting of this name; nullptr where no job has one.
const SettingFacts* job_setting(const Inventory& known, const std::string& name) {
  for (const JobFacts& job : known.jobs) {
    const auto found = std::ranges::find(job.settings, name, &SettingFacts::name);
    if (found != job.settings.end()) return &*found;
  }
  return nullptr;
}

/// Its choices have to be some of the job's, and mean what they mean there.
void take_choices_of(const SettingFacts& of_a_job, const input::TomlSection& setting, Subject& subject) {
  SettingFacts& own = subject.settings.back();
  for (std::size_t i = 0; i < own.choices.size(); ++i) {
    const auto place = std::ranges::find(of_a_job.choices, own.choices[i]);
    if (place == of_a_job.choices.end()) {
      setting.fail_element("choices", i, measure::in_quotes(own.choices[i]),
                           "one of " + input::join_names(of_a_job.choices));
    }
    const auto index = static_cast<std::size_t>(place - of_a_job.choices.begin());
    own.choice_meanings.push_back(index < of_a_job.choice_meanings.size() ? of_a_job.choice_meanings[index] : "");
  }
}

BuildStep read_step(const input::TomlSection& step) {
  step.require_known(kStepKeys);
  BuildStep words;
  words.run = step.texts("run", kWords).value_or(words.run);
  if (words.run.empty()) step.fail("run", "nothing", kWords);
  words.otherwise = step.texts("or", kWords).value_or(words.otherwise);
  return words;
}

}  // namespace

std::vector<NeededProgram> read_needs(const input::TomlSection& needs) {
  std::vector<NeededProgram> all;
  for (const std::string& program : needs.keys()) all.push_back(read_need(needs, program));
  return all;
}

void read_settings(const input::TomlSection& settings, const Inventory& known, Subject& subject,
                   ForeignServer& foreign) {
  std::vector<std::string> work;
  for (const NamedSummary& workload : known.workloads) work.push_back(workload.name);
  for (const JobFacts& job : known.jobs) work.push_back(job.name);
  for (const std::string& name : settings.keys()) {
    if (name == "units" || !can_be_placeholder(name)) {
      settings.fail(name, measure::in_quotes(name), "small letters, digits and underscores, and not units");
    }
    const input::TomlSection setting = settings.section(name);
    subject.settings.push_back(read_setting(setting, name));
    if (const SettingFacts* of_a_job = job_setting(known, name)) take_choices_of(*of_a_job, setting, subject);
    const auto with = setting.texts("workloads", "an array of workloads and jobs");
    if (!with) continue;
    for (std::size_t i = 0; i < with->size(); ++i) {
      if (std::ranges::find(work, (*with)[i]) != work.end()) continue;
      setting.fail_element("workloads", i, measure::in_quotes((*with)[i]), "one of " + input::join_names(work));
    }
    foreign.settings_with[name] = *with;
  }
}

std::vector<SetupStep> read_setup(const std::vector<input::TomlSection>& setup, ForeignServer& foreign) {
  std::vector<SetupStep> steps;
  for (const input::TomlSection& one : setup) {
    one.require_known(kSetupKeys);
    SetupStep step;
    step.run = one.texts("run", kWords).value_or(step.run);
    if (step.run.empty()) one.fail("run", "nothing", kWords);
    if (const auto input = one.text("input", "a name of [files]")) {
      const auto file = std::ranges::find(foreign.files, *input, &FileTemplate::to);
      if (file == foreign.files.end()) one.fail("input", measure::in_quotes(*input), "a name of [files]");
      step.input = file->text;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

void read_runs(const input::TomlSection& runs, const Inventory& known, ForeignServer& foreign) {
  runs.require_known(kRunsKeys);
  foreign.run = required_words(runs, "start");
  foreign.jobs = runs.texts("jobs", "an array of jobs").value_or(foreign.jobs);
  if (foreign.jobs.empty()) runs.fail("jobs", "nothing", "an array of jobs");
  foreign.jobs_differ = shown_text(runs, "differs");
  std::vector<std::string> jobs;
  for (const JobFacts& job : known.jobs) jobs.push_back(job.name);
  for (std::size_t i = 0; i < foreign.jobs.size(); ++i) {
    if (std::ranges::find(jobs, foreign.jobs[i]) != jobs.end()) continue;
    runs.fail_element("jobs", i, measure::in_quotes(foreign.jobs[i]), "one of " + input::join_names(jobs));
  }
}

void read_works(const input::TomlSection& works, ForeignServer& foreign) {
  works.require_known(kWorksKeys);
  foreign.work = required_words(works, "start");
}

void read_probe(const input::TomlSection& probe, Subject& subject, ForeignServer& foreign) {
  probe.require_known(kProbeKeys);
  subject.role = Role::probe;
  const std::string expected = "what it measures, a word of small letters, digits and hyphens";
  subject.measures = required_text(probe, "measures", expected);
  const bool is_word = std::ranges::all_of(
      subject.measures, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!is_word) probe.fail("measures", measure::in_quotes(subject.measures), expected);
  foreign.run = required_words(probe, "start");
}

BuildRecipe read_build(const input::TomlSection& build, const ManifestFolder& beside, const fs::path& folder) {
  build.require_known(kBuildKeys);
  BuildRecipe recipe;
  ManifestFiles files(beside, folder);
  const std::vector<std::string> inputs = build.texts("inputs", kNames).value_or(std::vector<std::string>());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    recipe.inputs.push_back(
        files.read(inputs[i], inputs[i], [&](const std::string& found, const std::string& expected) {
          build.fail_element("inputs", i, found, expected);
        }));
  }
  if (inputs.empty()) build.fail("inputs", "nothing", "the files that it is built from, an array of names");
  for (const input::TomlSection& step : build.sections("steps").value_or(std::vector<input::TomlSection>())) {
    recipe.steps.push_back(read_step(step));
  }
  if (recipe.steps.empty()) build.fail("steps", "nothing", "an array of commands: { run = [\"cc\", \"...\"] }");
  recipe.results = build.texts("results", kNames).value_or(recipe.results);
  for (std::size_t i = 0; i < recipe.results.size(); ++i) {
    if (stays_inside(recipe.results[i])) continue;
    build.fail_element("results", i, measure::in_quotes(recipe.results[i]), "a name below @out@");
  }
  if (recipe.results.empty()) build.fail("results", "nothing", "the files in @out@ that it makes, an array of names");
  const double limit = build.seconds("limit_s", 1, kLongestBuildS).value_or(static_cast<double>(recipe.limit.count()));
  recipe.limit = std::chrono::seconds(static_cast<std::int64_t>(limit));
  return recipe;
}

FileTemplate ManifestFiles::read(const std::string& from, const std::string& to,
                                 const std::function<void(const std::string&, const std::string&)>& fail) {
  const char* const expected = "a file beside the manifest";
  if (!stays_inside(from)) fail(measure::in_quotes(from), expected);
  const fs::path name = fs::path(from).lexically_normal();
  FileTemplate file{.from = path_ / name, .to = to, .text = {}};
  try {
    file.text = beside_.read(name);
  } catch (const std::system_error& error) {
    const std::string found = what_lies_there(error);
    fail(measure::in_quotes(from) + (found.empty() ? "" : ", " + found), expected);
  }
  bytes_ += file.text.size();
  if (bytes_ > kMostFilesBytes) {
    fail(measure::in_quotes(from), fmt::format("files of at most {} MiB together", kMostFilesBytes >> 20));
  }
  return file;
}

std::string what_lies_there(const std::system_error& error) {
  switch (error.code().value()) {
    case ELOOP:
      return "a link";
    case EINVAL:
      return "no regular file";
    case EFBIG:
      return fmt::format("more than {} MiB", ManifestFolder::kMostBytes >> 20);
    default:
      return "";
  }
}

bool stays_inside(const std::string& name) {
  const fs::path path = name;
  return !name.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

bool can_be_placeholder(const std::string& name) {
  return !name.empty() && fill_in("@" + name + "@", {{name, ""}}).empty();
}

std::string required_text(const input::TomlSection& section, const std::string& key, const std::string& expected) {
  const auto text = section.text(key, expected);
  if (!text || text->empty()) section.fail(key, text ? "\"\"" : "nothing", expected);
  return *text;
}

std::string shown_text(const input::TomlSection& section, const char* key) {
  return measure::plain_text(section.text(key, "a text").value_or(""));
}

std::vector<std::string> plain_texts(std::vector<std::string> texts) {
  for (std::string& text : texts) text = measure::plain_text(text);
  return texts;
}

}  // namespace bakeoff::subjects
