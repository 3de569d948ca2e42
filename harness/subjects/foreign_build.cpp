#include "harness/subjects/foreign_build.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "harness/input/nearest_name.h"
#include "harness/measure/hash.h"
#include "harness/measure/owned_descriptor.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/system_error.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/find_needed.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/template.h"
#include "harness/subjects/version.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kPause = 50ms;
constexpr std::uintmax_t kLargestProgram = 1ULL << 30;  ///< Whose hash is taken: a file may say that it has any size.
/// What package clients are told about the way to their registries.
constexpr std::array kNetworkVariables{
    "http_proxy", "https_proxy", "all_proxy",     "no_proxy",     "HTTP_PROXY",     "HTTPS_PROXY",      "ALL_PROXY",
    "NO_PROXY",   "GOPROXY",     "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO"};

/// A build that did not come to its end; what() is one line.
class BuildFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Everything that its results depend on.
std::string key_of(const ForeignServer& foreign) {
  std::string text;
  const auto add = [&](std::string_view part) { text += fmt::format("{}:{};", part.size(), part); };
  for (const FileTemplate& input : foreign.build->inputs) {
    add(input.to);
    add(input.text);
  }
  for (const BuildStep& step : foreign.build->steps) {
    for (const std::vector<std::string>* words : {&step.run, &step.otherwise}) {
      for (const std::string& word : *words) add(word);
      add("");
    }
  }
  for (const NeededProgram& need : foreign.needs) {
    struct stat file {};
    ::stat(need.found.c_str(), &file);
    add(fs::canonical(need.found).string());
    add(fmt::format("{} {}.{}", file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec));
  }
  const std::string hash = measure::content_hash_of(text);
  return hash.substr(hash.find(':') + 1);
}

/// The program that is measured: env only sets variables for it.
std::string program_word(const std::vector<std::string>& start) {
  const auto word =
      std::ranges::find_if(start, [](const std::string& one) { return one != "env" && one.find('=') == one.npos; });
  return word != start.end() ? *word : start.front();
}

bool can_be_hashed(const fs::path& file) {
  std::error_code missing;
  return fs::file_size(file, missing) <= kLargestProgram && !missing;
}

/// Of everything that is started: the program, what the build made, and the files that are written beside it. Where
/// there is the program alone, it is that of the program.
std::string hash_of(const fs::path& program, const ForeignServer& foreign) {
  if (program.empty() || !can_be_hashed(program)) return "";
  std::string hashes = measure::content_hash(program);
  if (foreign.files.empty() && !foreign.build) return hashes;
  for (const FileTemplate& file : foreign.files) hashes += measure::content_hash_of(file.to + "\n" + file.text);
  std::set<fs::path> results;
  if (foreign.build) {
    for (const auto& entry : fs::recursive_directory_iterator(foreign.built)) {
      if (entry.is_regular_file() && can_be_hashed(entry.path())) results.insert(entry.path());
    }
  }
  for (const fs::path& result : results) hashes += measure::content_hash(result);
  return measure::content_hash_of(hashes);
}

bool is_complete(const fs::path& folder, const BuildRecipe& recipe) {
  std::error_code missing;
  return std::ranges::all_of(recipe.results,
                             [&](const std::string& name) { return fs::is_regular_file(folder / name, missing); });
}

/// Held until the end of the value; another bakeoff that builds the same waits.
measure::OwnedDescriptor lock(const fs::path& file) {
  measure::OwnedDescriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor) measure::throw_system_error("open " + file.string());
  while (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) measure::throw_system_error("lock " + file.string());
    if (interrupted) throw Interrupted();
    std::this_thread::sleep_for(kPause);
  }
  return descriptor;
}

/// Runs one command of the build to its end. Returns "" or what went wrong.
std::string run_command(std::vector<std::string> words, const fs::path& scratch, Clock::time_point until) {
  std::error_code none;
  fs::remove(scratch / "output", none);
  Command command = foreign_command(std::move(words), scratch);
  for (const char* name : kNetworkVariables) {
    if (const char* value = std::getenv(name)) command.environment->push_back(fmt::format("{}={}", name, value));
  }
  const std::string program = fs::path(command.argv.front()).filename();
  const std::vector<pid_t> before = measure::descendants(::getpid());
  try {
    Process process = Process::start(command);
    std::optional<ExitResult> ended;
    while (!ended && !interrupted && Clock::now() < until) ended = process.wait(kPause);
    if (!ended) process.stop(SIGTERM, 2s);
    kill_orphans(before);
    if (interrupted) throw Interrupted();
    if (ended && ended->exited && ended->status == 0) return "";
    const std::string said = process.last_output();
    return fmt::format("{} {}{}{}", program, ended ? ended->describe() : "did not end within the build's time",
                       said.empty() ? "" : ": ", said);
  } catch (const CannotExecute& error) {
    return error.what();
  }
}

/// Regular files and folders, for everybody to read and execute; nothing else is taken over from a build.
void copy_results(const fs::path& from, const fs::path& to) {
  constexpr auto kForAll = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                           fs::perms::others_read | fs::perms::others_exec;
  fs::create_directory(to);
  fs::permissions(to, kForAll);
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) copy_results(entry.path(), target);
    if (!entry.is_regular_file()) continue;
    fs::copy_file(entry.path(), target);
    fs::permissions(target, kForAll);
  }
}

void run_steps(const ForeignServer& foreign, const fs::path& scratch) {
  const fs::path home = make_foreign_home(scratch);
  for (const FileTemplate& input : foreign.build->inputs) {
    fs::create_directories((home / input.to).parent_path());
    if (const auto error = measure::write_text(home / input.to, input.text)) {
      measure::throw_system_error("write " + (home / input.to).string(), error.value());
    }
  }
  fs::create_directory(home / kOutPlaceholder);
  std::map<std::string, std::string> values = paths_of(foreign);
  values[kOutPlaceholder] = (home / kOutPlaceholder).string();
  const auto filled = [&](const std::vector<std::string>& words) {
    std::vector<std::string> command;
    for (const std::string& word : words) command.push_back(fill_in(word, values));
    return command;
  };
  const auto until = Clock::now() + foreign.build->limit;
  for (const BuildStep& step : foreign.build->steps) {
    std::string failure = run_command(filled(step.run), scratch, until);
    if (!failure.empty() && !step.otherwise.empty()) {
      const std::string other = run_command(filled(step.otherwise), scratch, until);
      failure = other.empty() ? "" : fmt::format("{}; then: {}", failure, other);
    }
    if (!failure.empty()) throw BuildFailure(failure);
  }
  // The folder is the build's own user's, who may have put a link in its place: what it leads to is not taken over.
  if (fs::is_symlink(home / kOutPlaceholder) || !is_complete(home / kOutPlaceholder, *foreign.build)) {
    throw BuildFailure(fmt::format("its steps made no {}", input::join_names(foreign.build->results)));
  }
}

/// The folder of the results in the cache, which are built where they are not there.
fs::path built(const ForeignServer& foreign, const std::string& name,
               const std::function<void(const std::string&)>& tell) {
  const fs::path cache = build_cache();
  if (cache.empty()) throw BuildFailure("there is no place for what is built: HOME is not set");
  fs::create_directories(cache);
  const std::string key = key_of(foreign);
  const fs::path folder = cache / key;
  if (is_complete(folder, *foreign.build)) return folder;
  const measure::OwnedDescriptor held = lock(cache / (key + ".lock"));
  if (is_complete(folder, *foreign.build)) return folder;
  tell(fmt::format("building {} (once; it is kept in {})...", name, cache.string()));
  const auto begin = Clock::now();
  const ScratchFolder scratch;
  run_steps(foreign, scratch.path());
  const fs::path unfinished = cache / (key + ".unfinished");
  fs::remove_all(unfinished);
  fs::remove_all(folder);
  copy_results(scratch.path() / "server" / kOutPlaceholder, unfinished);
  if (!is_complete(unfinished, *foreign.build)) {
    fs::remove_all(unfinished);
    throw BuildFailure("what its steps made is a link");
  }
  fs::rename(unfinished, folder);
  tell(fmt::format("built {} in {:.0f} s", name, std::chrono::duration<double>(Clock::now() - begin).count()));
  return folder;
}

}  // namespace

fs::path build_cache() {
  if (::geteuid() == 0) return "/var/cache/bakeoff";
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
    return fs::path(cache) / "bakeoff";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".cache" / "bakeoff" : fs::path();
}

void look_for_programs(Subject& subject) {
  if (!subject.foreign) return;
  auto foreign = std::make_shared<ForeignServer>(*subject.foreign);
  for (NeededProgram& need : foreign->needs) find_needed_version(need);
  // What is started without being needed by name was looked for when the manifest was read.
  if (!foreign->needs.empty()) subject.missing = missing_in_words(foreign->needs);
  subject.foreign = std::move(foreign);
}

void prepare_subject(Subject& subject, const std::function<void(const std::string&)>& tell) {
  look_for_programs(subject);
  if (!subject.foreign) return;
  auto foreign = std::make_shared<ForeignServer>(*subject.foreign);
  subject.failed_build.clear();
  if (subject.missing.empty() && foreign->build) {
    try {
      foreign->built = built(*foreign, subject.model, tell);
    } catch (const BuildFailure& failure) {
      subject.failed_build = failure.what();
    } catch (const std::system_error& error) {
      subject.failed_build = error.what();
    }
  }
  if (subject.missing.empty() && subject.failed_build.empty()) {
    subject.program = find_program(fill_in(program_word(first_command(*foreign)), paths_of(*foreign)));
    subject.program_hash = hash_of(subject.program, *foreign);
  }
  subject.foreign = std::move(foreign);
}

void prepare_subjects(Inventory& inventory, const std::vector<std::string>& names,
                      const std::function<void(const std::string&)>& tell) {
  for (std::vector<Subject>* list : {&inventory.subjects, &inventory.executors_and_probes}) {
    for (Subject& subject : *list) {
      if (std::ranges::find(names, subject.name) != names.end()) prepare_subject(subject, tell);
    }
  }
}

}  // namespace bakeoff::subjects
