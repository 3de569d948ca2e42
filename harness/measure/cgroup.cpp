// Finding, making, reading and removing the cgroup directory of a trial.
#include "harness/measure/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::milliseconds kPause{1};
constexpr int kMostOfAName = 100;

struct Mount {
  std::string root;   // The part of the hierarchy that is shown, "/" for all of it.
  std::string point;  // Where.
};

// Space, tab, newline and backslash are written as \040 and so on.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      int value = 0;
      const auto digits = text.substr(i + 1, 3);
      if (std::from_chars(digits.data(), digits.data() + 3, value, 8).ptr == digits.data() + 3) {
        plain += static_cast<char>(value);
        i += 3;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

// True when `list` ("rw,cpu,cpuacct") holds `item`.
bool lists(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const auto end = list.find(',');
    if (list.substr(0, end) == item) return true;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return false;
}

std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view controller) {
  while (!mountinfo.empty()) {
    auto line = take_line(mountinfo);
    for (int skipped = 0; skipped < 3; ++skipped) take_word(line);  // id, parent, device
    Mount mount{.root = unescaped(take_word(line)), .point = unescaped(take_word(line))};
    while (!line.empty() && take_word(line) != "-") {
    }  // options and any number of optional fields
    const auto type = take_word(line);
    take_word(line);  // source
    const auto options = take_word(line);
    if (controller.empty() ? type == "cgroup2" : type == "cgroup" && lists(options, controller)) return mount;
  }
  return std::nullopt;
}

std::optional<std::string_view> own_path(std::string_view self_cgroup, std::string_view controller) {
  while (!self_cgroup.empty()) {
    auto line = take_line(self_cgroup);
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const bool wanted =
        controller.empty() ? line.substr(0, first) == "0" && controllers.empty() : lists(controllers, controller);
    if (wanted) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The path of `inner` below `outer` without a leading slash; nullopt when it is not below it.
std::optional<std::string_view> below(std::string_view inner, std::string_view outer) {
  if (outer == "/") outer = "";
  if (!inner.starts_with(outer)) return std::nullopt;
  inner.remove_prefix(outer.size());
  if (inner.empty()) return inner;
  if (inner.front() != '/' || inner.starts_with("/..")) return std::nullopt;
  return inner.substr(1);
}

// A child can move itself only when it may write both the new cgroup.procs and that of the common ancestor, our own.
bool may_join(const fs::path& own, const fs::path& made) {
  return ::access((own / "cgroup.procs").c_str(), W_OK) == 0 && ::access((made / "cgroup.procs").c_str(), W_OK) == 0;
}

// A cgroup below a threaded one takes threads only, no processes.
bool takes_processes(const fs::path& made) {
  const auto type = read_text(made / "cgroup.type");
  return !type || trimmed(*type) == "domain";
}

bool is_zombie(pid_t pid) {
  const auto stat = read_text("/proc/" + std::to_string(pid) + "/stat");
  if (!stat) return true;  // Gone altogether.
  const auto name_end = stat->rfind(") ");
  return name_end != std::string::npos && stat->compare(name_end + 2, 1, "Z") == 0;
}

template <typename Condition>
bool holds_in_time(Condition holds) {
  for (const auto deadline = Clock::now() + kPatience;;) {
    if (holds()) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

std::optional<fs::path> own_cgroup_directory(std::string_view mountinfo, std::string_view self_cgroup,
                                             std::string_view controller) {
  const auto mount = find_mount(mountinfo, controller);
  const auto path = own_path(self_cgroup, controller);
  if (!mount || !path) return std::nullopt;
  const auto inside = below(*path, mount->root);
  if (!inside) return std::nullopt;
  return inside->empty() ? fs::path{mount->point} : fs::path{mount->point} / *inside;
}

bool write_cgroup_file(const fs::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(descriptor);
  return written;
}

std::vector<fs::path> cgroups_above(const fs::path& root, std::string_view mountinfo, std::string_view self_cgroup,
                                    std::string_view controller) {
  std::vector<fs::path> cgroups;
  const auto own = own_cgroup_directory(mountinfo, self_cgroup, controller);
  for (fs::path at = own.value_or(""); at.has_relative_path(); at = at.parent_path()) {
    const fs::path here = root / at.relative_path();
    std::error_code hidden;
    if (!fs::exists(here / "cgroup.procs", hidden)) break;  // Above the mount.
    cgroups.push_back(here);
  }
  return cgroups;
}

std::optional<fs::path> root_cgroup_directory(std::string_view mountinfo, std::string_view controller) {
  const auto mount = find_mount(mountinfo, controller);
  if (!mount || mount->root != "/") return std::nullopt;
  return mount->point;
}

Cgroup Cgroup::create(const std::string& name) {
  const auto mountinfo = read_text("/proc/self/mountinfo").value_or("");
  const auto self = read_text("/proc/self/cgroup").value_or("");
  for (const auto& [kind, controller] : {std::pair{Kind::v2, ""}, std::pair{Kind::v1, "cpuacct"}}) {
    const auto own = own_cgroup_directory(mountinfo, self, controller);
    if (!own) continue;
    auto directory = *own / name;
    // Whose one of this name is cannot be told: it is neither taken over, because it has counted something else, nor
    // removed.
    bool fresh = ::mkdir(directory.c_str(), 0755) == 0;
    for (int more = 2; !fresh && errno == EEXIST && more <= kMostOfAName; ++more) {
      directory = *own / (name + "." + std::to_string(more));
      fresh = ::mkdir(directory.c_str(), 0755) == 0;
    }
    if (!fresh) continue;
    Cgroup made;
    made.kind_ = kind;
    made.directory_ = directory;
    if (may_join(*own, directory) && takes_processes(directory) && made.read_cpu()) return made;
  }
  return {};
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::none)), directory_(std::exchange(other.directory_, {})) {}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
  if (this != &other) {
    remove();
    kind_ = std::exchange(other.kind_, Kind::none);
    directory_ = std::exchange(other.directory_, {});
  }
  return *this;
}

Cgroup::~Cgroup() {
  remove();
}

std::vector<fs::path> Cgroup::join_files() const {
  if (!present()) return {};
  return {directory_ / "cgroup.procs"};
}

std::optional<CpuReading> Cgroup::read_cpu() const {
  if (kind_ == Kind::v2) {
    const auto text = read_text(directory_ / "cpu.stat");
    if (!text) return std::nullopt;
    const auto number = [&](std::string_view key) -> std::optional<double> {
      const auto word = value_of(*text, key);
      return word ? parse_number<double>(*word) : std::nullopt;
    };
    const auto total = number("usage_usec");
    if (!total) return std::nullopt;
    return CpuReading{*total, number("user_usec"), number("system_usec"), "cgroup2"};
  }
  if (kind_ == Kind::v1) {
    const auto microseconds = [&](const char* file) -> std::optional<double> {
      const auto text = read_text(directory_ / file);
      const auto ns = text ? parse_number<double>(*text) : std::nullopt;
      return ns ? std::optional{*ns / 1000} : std::nullopt;
    };
    const auto total = microseconds("cpuacct.usage");
    if (!total) return std::nullopt;
    return CpuReading{*total, microseconds("cpuacct.usage_user"), microseconds("cpuacct.usage_sys"), "cpuacct"};
  }
  return std::nullopt;
}

std::vector<pid_t> Cgroup::processes() const {
  std::vector<pid_t> pids;
  if (!present()) return pids;
  const auto text = read_text(directory_ / "cgroup.procs").value_or("");
  for (std::string_view rest = text; !rest.empty();) {
    // A process of another pid namespace is written as 0: it cannot be named from here.
    if (const auto pid = parse_number<pid_t>(take_line(rest)); pid && *pid > 0) pids.push_back(*pid);
  }
  return pids;
}

bool Cgroup::empty_of_living() const {
  for (const auto pid : processes()) {
    if (!is_zombie(pid)) return false;
  }
  return true;
}

bool Cgroup::kill_all() {
  if (!present() || empty_of_living()) return true;
  // cgroup.kill also reaches what forks at this moment. Without it (before Linux 5.14, and in v1) one pass may miss a
  // new child, so that the passes go on until a list comes back empty.
  const bool at_once = kind_ == Kind::v2 && write_cgroup_file(directory_ / "cgroup.kill", "1");
  return holds_in_time([&] {
    if (!at_once) {
      for (const auto pid : processes()) ::kill(pid, SIGKILL);
    }
    return empty_of_living();
  });
}

void Cgroup::remove() noexcept {
  if (!present()) return;
  try {
    kill_all();
  } catch (...) {  // Out of memory: what is in it stays, and so does the directory.
  }
  remove_cgroup_directory(directory_);
  kind_ = Kind::none;
}

void remove_cgroup_directory(const fs::path& directory) noexcept {
  // EBUSY while a process is ending, and while a zombie waits for its parent.
  holds_in_time([&] { return ::rmdir(directory.c_str()) == 0 || errno != EBUSY; });
}

}  // namespace bakeoff::measure
