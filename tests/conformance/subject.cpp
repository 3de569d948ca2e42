#include "tests/conformance/subject.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "tests/conformance/connection.h"
#include "tests/conformance/files.h"

namespace bakeoff::conformance {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;
using std::chrono::milliseconds;

const std::string kProgram = BAKEOFF_BIN_DIR "/bakeoff-subject";

/// Tests with many connections need a descriptor per connection; children inherit the limit.
void raise_descriptor_limit_once() {
  static const bool raised = [] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
  }();
  (void)raised;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

json parse(const std::string& line) {
  auto parsed = json::parse(line, nullptr, false);
  if (parsed.is_discarded()) throw std::runtime_error("no JSON: " + line);
  return parsed;
}

template <typename Number>
std::optional<Number> number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<Number>();
}

subjects::Process start_serving(const ServeArguments& serving, const std::filesystem::path& errors) {
  raise_descriptor_limit_once();
  subjects::Command command;
  command.argv = serving.prefix;
  command.argv.insert(command.argv.end(), {kProgram, "serve", serving.model, serving.workload});
  if (serving.unix_socket.empty()) {
    command.argv.insert(command.argv.end(), {"--port", "0"});
  } else {
    command.argv.insert(command.argv.end(), {"--unix-socket", serving.unix_socket.string()});
  }
  if (serving.units) command.argv.insert(command.argv.end(), {"--units", std::to_string(*serving.units)});
  if (serving.message_bytes != 64) {
    command.argv.insert(command.argv.end(), {"--message-bytes", std::to_string(serving.message_bytes)});
  }
  if (serving.workload == "http") {
    const auto& files = serving.files.empty() ? files_root() : serving.files;
    command.argv.insert(command.argv.end(), {"--files", files.string()});
  }
  for (const std::string& setting : serving.settings) command.argv.insert(command.argv.end(), {"--set", setting});
  command.argv.insert(command.argv.end(), serving.more.begin(), serving.more.end());
  command.error_file = errors;
  return subjects::Process::start(command);
}

struct Described {
  std::vector<ModelFacts> models;
  std::vector<std::string> workloads, jobs, executors;
  std::vector<ProbeFacts> probes;
};

std::vector<std::string> names_in(const json& array) {
  std::vector<std::string> names;
  for (const auto& entry : array) {
    names.push_back(entry.is_object() ? entry.at("name").get<std::string>() : entry.get<std::string>());
  }
  return names;
}

const Described& described() {
  static const Described all = [] {
    const Finished finished = run_subject({"describe"});
    std::string text;
    for (const auto& line : finished.output) text += line + "\n";
    if (!finished.ended.exited || finished.ended.status != 0) {
      throw std::runtime_error("bakeoff-subject describe " + finished.ended.describe());
    }
    const json description = parse(text);
    Described found;
    for (const auto& model : description.at("models")) {
      // What this build or this system cannot have is listed with the reason; there is nothing to be tried.
      if (!model.at("missing").get<std::string>().empty()) continue;
      found.models.push_back({.name = model.at("name").get<std::string>(),
                              .holds_connection = model.at("holds_connection").get<bool>(),
                              .forks = model.at("sharing") == "processes",
                              .executor = model.at("executor").get<std::string>(),
                              .store = model.at("store").get<std::string>(),
                              .max_units = model.at("max_units").get<std::size_t>()});
    }
    found.workloads = names_in(description.at("workloads"));
    found.jobs = names_in(description.at("jobs"));
    found.executors = names_in(description.at("executors"));
    for (const auto& probe : description.at("probes")) {
      found.probes.push_back({probe.at("name").get<std::string>(), probe.at("measures").get<std::string>()});
    }
    return found;
  }();
  return all;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "bakeoff-conformance-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RunningSubject::RunningSubject(const ServeArguments& serving)
    : process_(start_serving(serving, folder_.path() / "stderr")) {
  const auto line = process_.read_line(kPatience);
  if (!line) throw std::runtime_error("the subject never got ready; it wrote: " + complaints());
  const json ready = parse(*line);
  if (!ready.value("ready", false)) throw std::runtime_error("no ready line: " + *line);
  if (serving.unix_socket.empty()) {
    port_ = ready.at("port").get<std::uint16_t>();
  } else if (ready.at("unix_socket") != serving.unix_socket.string()) {
    throw std::runtime_error("another socket: " + *line);
  }
}

std::string RunningSubject::complaints() const {
  return text_of(folder_.path() / "stderr");
}

Receipt RunningSubject::stop(int signal, bool whole_group) {
  const pid_t group = pid();
  const auto begin = Clock::now();
  if (whole_group) ::kill(-group, signal);
  // Where the group has its signal already, stop() only waits and reaps: signal 0 does nothing.
  const subjects::ExitResult ended = process_.stop(whole_group ? 0 : signal, kStopLimit + kPatience);
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);

  EXPECT_TRUE(ended.exited && ended.status == 0)
      << "the subject " << ended.describe() << "; it wrote: " << complaints();
  EXPECT_LE(took.count(), kStopLimit.count()) << "ms from the stop signal to the end";
  EXPECT_EQ(ended.orphans, 0) << "processes or zombies outlived the leader";
  EXPECT_TRUE(subjects::processes_of_group(group).empty()) << "the process group still has members";

  std::optional<std::string> last;
  while (auto line = process_.read_line(milliseconds{1000})) last = std::move(line);
  Receipt receipt;
  if (!last || last->find("\"receipt\"") == std::string::npos) {
    ADD_FAILURE() << "the last line is no receipt: " << last.value_or("(nothing)") << "; stderr: " << complaints();
    return receipt;
  }
  const json line = parse(*last);
  const json& numbers = line.at("receipt");
  receipt.requests = number<std::uint64_t>(numbers, "requests");
  receipt.bytes_received = number<std::uint64_t>(numbers, "bytes_received");
  receipt.bytes_sent = number<std::uint64_t>(numbers, "bytes_sent");
  receipt.files = number<std::uint64_t>(numbers, "files");
  receipt.final_counter = number<std::int64_t>(numbers, "final_counter");
  receipt.connections = number<std::uint64_t>(numbers, "connections");
  receipt.units_created = number<std::uint64_t>(numbers, "units_created");
  receipt.peak_live_units = number<std::uint64_t>(numbers, "peak_live_units");
  receipt.accept_pauses = number<std::uint64_t>(numbers, "accept_pauses");
  receipt.kept_waiting = number<std::uint64_t>(numbers, "kept_waiting");
  receipt.calls = number<std::uint64_t>(numbers, "calls");
  receipt.back_end_connections = number<std::uint64_t>(numbers, "back_end_connections");
  receipt.call_waits = number<std::uint64_t>(numbers, "call_waits");
  receipt.calls_refused = number<std::uint64_t>(numbers, "calls_refused");
  receipt.calls_broken = number<std::uint64_t>(numbers, "calls_broken");
  receipt.calls_without_value = number<std::uint64_t>(numbers, "calls_without_value");
  receipt.calls_late = number<std::uint64_t>(numbers, "calls_late");
  return receipt;
}

std::vector<pid_t> RunningSubject::workers() const {
  return workers_of(pid());
}

std::vector<pid_t> workers_of(pid_t leader) {
  auto found = subjects::processes_of_group(leader);
  std::erase_if(found, [leader](pid_t each) { return each == leader || !is_running(each); });
  return found;
}

Finished run_subject(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix,
                     const std::function<void(pid_t)>& meanwhile) {
  const TemporaryFolder folder;
  subjects::Command command;
  command.argv = prefix;
  command.argv.emplace_back(kProgram);
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.error_file = folder.path() / "stderr";
  subjects::Process process = subjects::Process::start(command);
  process.close_input();
  if (meanwhile) meanwhile(process.pid());
  Finished finished;
  const auto deadline = Clock::now() + 3 * kPatience;
  while (!process.output_ended() && Clock::now() < deadline) {
    if (auto line = process.read_line(kPatience)) finished.output.push_back(std::move(*line));
  }
  finished.ended = process.stop(0, kPatience);  // signal 0: it ends by itself, and is killed only when it does not
  finished.errors = lines_of(folder.path() / "stderr");
  return finished;
}

bool is_running(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto after_name = stat.rfind(") ");
  if (after_name == std::string::npos || after_name + 2 >= stat.size()) return false;
  const char state = stat[after_name + 2];
  return state != 'Z' && state != 'X';
}

std::size_t open_descriptors(pid_t pid) {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

std::size_t open_sockets(pid_t pid) {
  std::size_t sockets = 0;
  for (const auto& open : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code closed_meanwhile;
    if (std::filesystem::read_symlink(open, closed_meanwhile).string().starts_with("socket:")) ++sockets;
  }
  return sockets;
}

bool ends_soon(pid_t pid) {
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) return true;
  pollfd ended{handle, POLLIN, 0};
  const int ready = ::poll(&ended, 1, static_cast<int>(kPatience.count()));
  ::close(handle);
  return ready > 0;
}

const std::vector<ModelFacts>& described_models() {
  return described().models;
}
const std::vector<std::string>& described_workloads() {
  return described().workloads;
}
const std::vector<std::string>& described_jobs() {
  return described().jobs;
}
const std::vector<std::string>& described_executors() {
  return described().executors;
}
const std::vector<ProbeFacts>& described_probes() {
  return described().probes;
}

ServeArguments Pairing::serving(std::size_t connections) const {
  ServeArguments serving{.model = model.name, .workload = std::string(workload->name)};
  constexpr std::size_t kCrowd = 50, kSeveral = 3;
  if (model.holds_connection) {
    serving.units = std::min(connections, model.max_units);
  } else if (connections >= kCrowd) {
    serving.units = std::min(kSeveral, model.max_units);
  } else if (!settings.empty()) {
    serving.units = std::min<std::size_t>(2, model.max_units);
  }
#ifdef __SANITIZE_THREAD__
  // ThreadSanitizer keeps a call stack for each thread, and loses its way where a fiber moves to another one. Pinned
  // fibers are served by several threads under it.
  if (model.name == "fibers" && settings.empty()) serving.units = 1;
#endif
  serving.settings = settings;
  return serving;
}

std::ostream& operator<<(std::ostream& out, const Pairing& pairing) {
  out << pairing.model.name;
  for (const std::string& setting : pairing.settings) out << ':' << setting;
  return out << " serving " << pairing.workload->name;
}

std::vector<Pairing> pairings() {
  auto all = pairings_one_at_a_time();
  std::erase_if(all, [](const Pairing& pairing) { return pairing.model.one_at_a_time(); });
  return all;
}

/// Settings with which a model waits or shares in another way.
const std::pair<std::string, std::vector<std::string>> kVariants[] = {
    {"event-loop", {"reactor=epoll"}},
    {"event-loops", {"by=threads", "listen=dealt"}},
    {"event-loops", {"reactor=epoll"}},
    {"event-loops", {"reactor=epoll", "by=threads", "listen=dealt"}},
    {"event-loops", {"listen=reuseport"}},
    {"request-pool", {"dispatch=queue"}},
    {"fibers", {"pinned=yes"}}};

std::vector<Pairing> pairings_one_at_a_time() {
  std::vector<Pairing> all;
  for (const auto& model : described_models()) {
#ifdef __SANITIZE_THREAD__
    // GCC 12's keeps a signal back while recv() blocks, so that such a model cannot be told to stop. It has one thread.
    if (model.one_at_a_time()) continue;
#endif
    for (const auto& workload : workloads::workload_entries()) {
      all.push_back({model, &workload});
      for (const auto& [name, settings] : kVariants) {
        if (name != model.name) continue;
        Pairing variant{model, &workload, settings};
        if (std::ranges::find(settings, "by=threads") != settings.end()) variant.model.forks = false;
        all.push_back(variant);
      }
    }
  }
  return all;
}

std::vector<Pairing> pairings(std::string_view workload) {
  auto found = pairings();
  std::erase_if(found, [&](const Pairing& pairing) { return pairing.workload->name != workload; });
  return found;
}

std::vector<Pairing> pairings_by_store() {
  std::map<std::string, std::string> model_of;  // One model for each kind of store.
  auto found = pairings();
  std::erase_if(found, [&](const Pairing& pairing) {
    return !pairing.settings.empty() ||
           model_of.emplace(pairing.model.store, pairing.model.name).first->second != pairing.model.name;
  });
  return found;
}

std::string parameter_name(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

}  // namespace bakeoff::conformance
