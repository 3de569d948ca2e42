#include "harness/subjects/foreign_start.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <system_error>

#include "harness/measure/process_tree.h"
#include "harness/measure/system_error.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/living_children.h"
#include "harness/subjects/template.h"
#include "workloads/catalogue.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAddress = "127.0.0.1";

std::uint64_t sized(const SizeRule& rule, std::uint64_t count) {
  const std::uint64_t size = (count + rule.per - 1) / rule.per * rule.times + rule.plus;
  return std::min(std::max(size, rule.least), rule.most);
}

void write_file(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  if (const auto error = measure::write_text(file, text)) {
    measure::throw_system_error("write " + file.string(), error.value());
  }
}

/// Whether a word has the placeholder of a setting that has no value.
bool lacks_value(const std::string& word, const Subject& subject, const std::map<std::string, std::string>& values) {
  return std::ranges::any_of(subject.settings, [&](const SettingFacts& setting) {
    return !values.contains(setting.name) && word.find("@" + setting.name + "@") != word.npos;
  });
}

bool has(const std::vector<std::string>& requests, std::string_view one) {
  return std::ranges::find(requests, one) != requests.end();
}

/// What a request needs beside the server that "*" in a manifest does not stand for, and what stands for it there.
struct Speciality {
  std::string_view request, name;
  bool (*asked)(const workloads::WorkloadEntry& workload, const std::string& request);
};
constexpr std::array kSpecialities{
    Speciality{kFilesRequest, "files",
               [](const workloads::WorkloadEntry& workload, const std::string& request) {
                 return workload.files_asked != nullptr && workload.files_asked(request) != 0;
               }},
    Speciality{kCallsRequest, "calls", [](const workloads::WorkloadEntry& workload, const std::string& request) {
                 return workload.calls_back_end != nullptr && workload.calls_back_end(request);
               }}};

/// Those that the request needs and the manifest does not name.
std::vector<std::string_view> missing_specialities(const std::vector<std::string>& requests,
                                                   const workloads::WorkloadEntry& workload,
                                                   const std::string& request) {
  std::vector<std::string_view> missing;
  for (const Speciality& one : kSpecialities) {
    if (one.asked(workload, request) && !has(requests, one.request)) missing.push_back(one.name);
  }
  return missing;
}

/// Whether one of these requests of a manifest is this one.
bool answers(const std::vector<std::string>& requests, const workloads::WorkloadEntry& workload,
             const std::string& request) {
  if (!missing_specialities(requests, workload, request).empty()) return false;
  if (has(requests, "*") || has(requests, request)) return true;
  return std::ranges::any_of(kSpecialities, [&](const Speciality& one) {
    const std::string_view begin = one.request.substr(0, one.request.find('/', 1));
    return request.starts_with(begin) && one.asked(workload, request);
  });
}

bool was_killed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace

std::map<std::string, std::string> placeholders_of(const Subject& subject, const std::string& workload,
                                                   const journal::Params& params, std::size_t cpus,
                                                   const fs::path& folder, std::uint16_t port, const ServedWith& with) {
  const std::uint64_t connections = params.load.connections_at_once();
  const std::uint64_t asked = units_for(subject, params);
  const journal::BackEndFacts called = params.back_end.value_or(journal::BackEndFacts());
  const std::uint64_t units = asked == kOneUnitPerCpu ? std::min<std::uint64_t>(cpus, subject.max_units) : asked;
  std::map<std::string, std::string> values = paths_of(*subject.foreign);
  for (const auto& [name, value] : subject.settings_in_force()) values[name] = value;
  if (params.heap_mib && !subject.set.contains("heap")) values["heap"] = std::to_string(*params.heap_mib);
  values.merge(std::map<std::string, std::string>{
      {"active", std::to_string(std::max<std::uint64_t>(params.load.connections, 1))},
      {"address", kAddress},
      {"back_end", with.back_end.empty() ? "none" : with.back_end},
      {"call_timeout_ms", std::to_string(called.timeout_ms)},
      {"connections", std::to_string(connections)},
      {"cpus", std::to_string(cpus)},
      {"dir", folder.string()},
      {"files", (with.files.empty() ? folder : with.files).string()},
      {"message_bytes", std::to_string(params.load.message_bytes)},
      {"pool", std::to_string(called.pool)},
      {"port", std::to_string(port)},
      {"workload", workload}});
  values["units"] = std::to_string(units);  // Which a subject's name may set too.
  for (const auto& [name, rule] : subject.foreign->sizes) {
    values[name] = std::to_string(sized(rule, std::stoull(values.at(rule.of))));
  }
  return values;
}

namespace {

/// Writes the files and folders, and makes the command of these words.
Command prepare(const Subject& subject, const std::vector<std::string>& start,
                const std::map<std::string, std::string>& values, const fs::path& home) {
  const ForeignServer& foreign = *subject.foreign;
  for (const std::string& name : foreign.folders) fs::create_directories(home / name);
  for (const FileTemplate& file : foreign.files) write_file(home / file.to, fill_in(file.text, values));
  std::vector<std::string> argv;
  for (const std::string& word : start) {
    if (!lacks_value(word, subject, values)) argv.push_back(fill_in(word, values));
  }
  return foreign_command(std::move(argv), home.parent_path());
}

}  // namespace

Command prepare_foreign(const Subject& subject, const std::string& workload, const journal::Params& params,
                        std::size_t cpus, const fs::path& folder, std::uint16_t port, const ServedWith& with) {
  const fs::path home = make_foreign_home(folder);
  const auto values = placeholders_of(subject, workload, params, cpus, home, port, with);
  Command command = prepare(subject, subject.foreign->start, values, home);
  command.heap = heap_words_of(subject, params);
  return command;
}

std::vector<SetupCommand> setup_commands(const Subject& subject, const std::string& workload,
                                         const journal::Params& params, std::size_t cpus, const fs::path& folder,
                                         std::uint16_t port) {
  const auto values = placeholders_of(subject, workload, params, cpus, foreign_home(folder), port);
  std::vector<SetupCommand> commands;
  for (const SetupStep& step : subject.foreign->setup) {
    std::vector<std::string> argv;
    for (const std::string& word : step.run) argv.push_back(fill_in(word, values));
    Command command = foreign_command(std::move(argv), folder);
    command.error_file = folder / fmt::format("setup{}", commands.size());
    commands.push_back({std::move(command), fill_in(step.input, values)});
  }
  return commands;
}

Command prepare_foreign_job(const Subject& subject, const std::string& job, const journal::Params& params,
                            std::size_t cpus, const fs::path& folder) {
  const fs::path home = make_foreign_home(folder);
  auto values = placeholders_of(subject, "", params, cpus, home, 0);
  values["job"] = job;
  values["units"] = std::to_string(params.units.value_or(1));  // Of the job: a server's most is not theirs.
  values["size"] = std::to_string(params.job_size.value_or(0));
  Command command = prepare(subject, subject.foreign->run, values, home);
  command.heap = heap_words_of(subject, params);
  command.output_to_error_file = false;
  return command;
}

Command prepare_foreign_work(const Subject& subject, const journal::Params& params, std::size_t cpus,
                             const fs::path& folder, const std::string& queue) {
  const fs::path home = make_foreign_home(folder);
  auto values = placeholders_of(subject, "", params, cpus, home, 0);
  values["queue"] = queue;
  values["units"] = std::to_string(params.units.value_or(1));
  values["acknowledge"] = params.queue ? params.queue->acknowledge : "";
  Command command = prepare(subject, subject.foreign->work, values, home);
  command.heap = heap_words_of(subject, params);
  command.output_to_error_file = false;
  return command;
}

std::uint16_t free_port(std::uint16_t wanted) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) measure::throw_system_error("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(wanted);
  // Connections of a server that has just ended do not block the port.
  const int yes = 1;
  if (wanted != 0) ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  socklen_t length = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  const int code = errno;
  ::close(fd);
  if (!bound) measure::throw_system_error(wanted == 0 ? "find a free port" : fmt::format("port {}", wanted), code);
  return ntohs(address.sin_port);
}

std::string why_settings_refuse(const Subject& subject, const std::string& workload) {
  if (!subject.foreign) return "";
  for (const auto& [setting, workloads] : subject.foreign->settings_with) {
    const auto set = subject.set.find(setting);
    if (set == subject.set.end() || std::ranges::find(workloads, workload) != workloads.end()) continue;
    const auto facts = std::ranges::find(subject.settings, setting, &SettingFacts::name);
    if (facts != subject.settings.end() && facts->default_value == set->second) continue;
    return fmt::format("{}={} is for {} only", setting, set->second, fmt::join(workloads, ", "));
  }
  return "";
}

std::string why_no_unix_socket(const Subject& subject) {
  if (subject.foreign) return "it listens on a TCP port only";
  const auto settings = subject.settings_in_force();
  const auto listen = settings.find("listen");
  const bool one_each = listen != settings.end() && listen->second == "reuseport";
  return one_each ? "with listen=reuseport each loop has a listener of its own, and a Unix socket has one only" : "";
}

std::string why_not_served(const Subject& subject, const std::string& workload, const journal::Params& params) {
  if (params.transport == journal::Transport::unix_socket) {
    if (std::string why = why_no_unix_socket(subject); !why.empty()) return why;
  }
  if (!subject.foreign) return "";
  if (std::string refusal = why_settings_refuse(subject, workload); !refusal.empty()) return refusal;
  const auto& serves = subject.foreign->serves;
  const workloads::WorkloadEntry* entry = workloads::find_workload(workload);
  const std::string request = !params.load.request.empty() ? params.load.request
                              : entry != nullptr           ? std::string(entry->default_request)
                                                           : "";
  if (const auto known = serves.find(workload); known != serves.end() && answers(known->second, *entry, request)) {
    return "";
  }
  if (serves.empty() && subject.foreign->back_end) return "it is a back end only";
  if (serves.empty()) return "it serves nothing";
  std::string all;
  for (const auto& [name, requests] : serves) {
    all += (all.empty() ? "" : ", ") + name;
    const auto missing =
        name == workload ? missing_specialities(requests, *entry, request) : std::vector<std::string_view>();
    if (requests.front() != "*") {
      all += fmt::format(" ({})", fmt::join(requests, ", "));
    } else if (!missing.empty()) {
      all += fmt::format(" (no {})", fmt::join(missing, " and no "));
    }
  }
  return fmt::format("it serves {} only", all);
}

std::string why_not_there(const Subject& subject) {
  if (!subject.missing.empty()) return "needs " + subject.missing;
  return subject.failed_build.empty() ? "" : "build failed: " + subject.failed_build;
}

std::string why_not_started(const Subject& subject, const std::string& workload, const journal::Params& params) {
  std::string why = why_not_there(subject);
  return why.empty() ? why_not_served(subject, workload, params) : why;
}

std::string why_job_not_offered(const Subject& subject, const std::string& job) {
  if (!subject.foreign) return "";
  const auto& jobs = subject.foreign->jobs;
  if (jobs.empty()) return "it runs no jobs";
  if (std::ranges::find(jobs, job) == jobs.end()) return fmt::format("it runs {} only", fmt::join(jobs, ", "));
  return why_settings_refuse(subject, job);
}

std::string why_not_run(const Subject& subject, const std::string& job) {
  const std::string why = why_job_not_offered(subject, job);
  return why.empty() && subject.foreign ? why_not_there(subject) : why;
}

std::string why_not_working(const Subject& subject) {
  const bool has_workers = subject.foreign ? !subject.foreign->work.empty() : subject.takes_jobs;
  return has_workers ? why_not_there(subject) : "it takes no jobs from a queue";
}

std::size_t kill_orphans(const std::vector<pid_t>& before) {
  std::set<pid_t> found;
  std::size_t ended = 0;
  const auto patient_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  for (bool any = true; any;) {
    const bool patient = std::chrono::steady_clock::now() < patient_until;
    any = false;
    std::set<pid_t> wanted(before.begin(), before.end());
    wanted.insert(::getpid());
    // Others may be measured at the same time, with processes of their own.
    for (const pid_t child : LivingChildren::all()) {
      for (const pid_t pid : measure::descendants(child)) wanted.insert(pid);
    }
    for (const pid_t pid : measure::descendants(::getpid())) {
      if (wanted.contains(pid)) continue;
      any = true;
      found.insert(pid);
      if (!patient) ::kill(pid, SIGKILL);
    }
    // Those whose parents have just been killed become children of this process in turn.
    for (const pid_t pid : found) {
      int status = 0;
      // A process that had ended before, and that its parent had not reaped, was not left over.
      if (::waitpid(pid, &status, any ? WNOHANG : 0) == pid && was_killed(status)) ++ended;
    }
    if (any) ::usleep(1000);
  }
  return ended;
}

std::string left_behind(std::size_t processes) {
  const bool one = processes == 1;
  return fmt::format("it left {} process{} behind, which {} ended", processes, one ? "" : "es", one ? "was" : "were");
}

}  // namespace bakeoff::subjects
