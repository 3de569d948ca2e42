#include "harness/measure/memory_cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMemoryStat = "memory.stat";
constexpr const char* kKernel = "memory.kmem.usage_in_bytes";
constexpr const char* kBuffers = "memory.kmem.tcp.usage_in_bytes";
constexpr const char* kBuffersLimit = "memory.kmem.tcp.limit_in_bytes";
constexpr std::string_view kNoLimit = "9223372036854771712";  // The most that v1 takes, a multiple of a page.

}  // namespace

std::optional<fs::path> own_memory_cgroup() {
  return own_cgroup_directory(read_text("/proc/self/mountinfo").value_or(""),
                              read_text("/proc/self/cgroup").value_or(""), "memory");
}

std::optional<std::uint64_t> kernel_bytes(std::string_view memory_stat) {
  const auto field = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const auto word = value_of(memory_stat, name);
    return word ? parse_number<std::uint64_t>(*word) : std::nullopt;
  };
  std::optional<std::uint64_t> bytes = field("kernel");
  if (!bytes) {
    constexpr std::array kParts{"kernel_stack", "pagetables", "percpu", "slab"};
    for (const char* part : kParts) {
      if (const auto some = field(part)) bytes = bytes.value_or(0) + *some;
    }
  }
  if (const auto buffers = field("sock"); bytes && buffers) *bytes += *buffers;
  return bytes;
}

MemoryCgroup MemoryCgroup::create(const std::string& name, const Cgroup& trial, Use use) {
  MemoryCgroup made;
  made.use_ = use;
  if (trial.present() && read_text(trial.directory() / kMemoryStat)) {
    made.directory_ = trial.directory();
    made.kind_ = Kind::v2;
    return made;
  }
  const auto own = own_memory_cgroup();
  if (!own) return made;
  const fs::path directory = *own / name;
  if (::mkdir(directory.c_str(), 0755) != 0) return made;
  made.directory_ = directory;
  made.kind_ = Kind::v1;
  // Any limit at all makes v1 charge the sockets of the cgroup, the structures and their buffers. A kernel without it
  // leaves them out; the readings are then of everything else.
  if (use == Use::kernel_memory) write_cgroup_file(directory / kBuffersLimit, kNoLimit);
  const bool counts = use == Use::limit_only || made.kernel_kib();
  if (::access((directory / "cgroup.procs").c_str(), W_OK) != 0 || !counts) made.remove();
  return made;
}

MemoryCgroup::MemoryCgroup(MemoryCgroup&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::none)),
      use_(other.use_),
      directory_(std::exchange(other.directory_, {})) {}

MemoryCgroup& MemoryCgroup::operator=(MemoryCgroup&& other) noexcept {
  if (this != &other) {
    remove();
    kind_ = std::exchange(other.kind_, Kind::none);
    use_ = other.use_;
    directory_ = std::exchange(other.directory_, {});
  }
  return *this;
}

MemoryCgroup::~MemoryCgroup() {
  remove();
}

std::vector<fs::path> MemoryCgroup::join_files() const {
  if (kind_ != Kind::v1) return {};
  return {directory_ / "cgroup.procs"};
}

std::optional<std::uint64_t> MemoryCgroup::kernel_kib() const {
  std::optional<std::uint64_t> bytes;
  if (use_ == Use::limit_only) return bytes;
  if (kind_ == Kind::v2) {
    bytes = kernel_bytes(read_text(directory_ / kMemoryStat).value_or(""));
  } else if (kind_ == Kind::v1) {
    bytes = read_number(directory_ / kKernel);
    if (const auto buffers = read_number(directory_ / kBuffers); bytes && buffers) *bytes += *buffers;
  }
  return bytes ? std::optional(*bytes / 1024) : std::nullopt;
}

bool MemoryCgroup::limit_to(std::uint64_t kib) {
  const std::string bytes = std::to_string(kib * 1024);
  if (kind_ == Kind::v2) {
    if (!write_cgroup_file(directory_ / "memory.max", bytes)) return false;
    write_cgroup_file(directory_ / "memory.swap.max", "0");   // Not there without swap.
    write_cgroup_file(directory_ / "memory.oom.group", "1");  // Half a server is none.
    return true;
  }
  if (kind_ != Kind::v1 || !write_cgroup_file(directory_ / "memory.limit_in_bytes", bytes)) return false;
  write_cgroup_file(directory_ / "memory.memsw.limit_in_bytes", bytes);  // With swap; not there in every kernel.
  return true;
}

std::optional<std::uint64_t> MemoryCgroup::killed_at_limit() const {
  if (kind_ == Kind::none) return std::nullopt;
  const auto text = read_text(directory_ / (kind_ == Kind::v2 ? "memory.events" : "memory.oom_control"));
  const auto word = text ? value_of(*text, "oom_kill") : std::nullopt;
  return word ? parse_number<std::uint64_t>(*word) : std::nullopt;
}

void MemoryCgroup::remove() noexcept {
  if (kind_ == Kind::v1) remove_cgroup_directory(directory_);
  kind_ = Kind::none;
}

}  // namespace bakeoff::measure
