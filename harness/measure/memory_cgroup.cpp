#include "harness/measure/memory_cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "harness/measure/text_file.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStat = "memory.stat";
constexpr const char* kKernel = "memory.kmem.usage_in_bytes";
constexpr const char* kBuffers = "memory.kmem.tcp.usage_in_bytes";
constexpr const char* kBuffersLimit = "memory.kmem.tcp.limit_in_bytes";
constexpr std::string_view kNoLimit = "9223372036854771712";  // The most that v1 takes, a multiple of a page.

std::optional<std::uint64_t> number_in(const fs::path& file) {
  const auto text = read_text(file);
  return text ? parse_number<std::uint64_t>(*text) : std::nullopt;
}

/// Any limit at all makes v1 charge the sockets of the cgroup, the structures and their buffers.
void charge_sockets(const fs::path& directory) {
  const int limit = ::open((directory / kBuffersLimit).c_str(), O_WRONLY | O_CLOEXEC);
  if (limit < 0) return;
  // A kernel without it leaves them out; the readings are then of everything else.
  [[maybe_unused]] const auto written = ::write(limit, kNoLimit.data(), kNoLimit.size());
  ::close(limit);
}

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

MemoryCgroup MemoryCgroup::create(const std::string& name, const Cgroup& trial) {
  MemoryCgroup made;
  if (trial.present() && read_text(trial.directory() / kStat)) {
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
  charge_sockets(directory);
  if (::access((directory / "cgroup.procs").c_str(), W_OK) != 0 || !made.kernel_kib()) made.remove();
  return made;
}

MemoryCgroup::MemoryCgroup(MemoryCgroup&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::none)), directory_(std::exchange(other.directory_, {})) {}

MemoryCgroup& MemoryCgroup::operator=(MemoryCgroup&& other) noexcept {
  if (this != &other) {
    remove();
    kind_ = std::exchange(other.kind_, Kind::none);
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
  if (kind_ == Kind::v2) {
    bytes = kernel_bytes(read_text(directory_ / kStat).value_or(""));
  } else if (kind_ == Kind::v1) {
    bytes = number_in(directory_ / kKernel);
    if (const auto buffers = number_in(directory_ / kBuffers); bytes && buffers) *bytes += *buffers;
  }
  return bytes ? std::optional(*bytes / 1024) : std::nullopt;
}

void MemoryCgroup::remove() noexcept {
  if (kind_ == Kind::v1) remove_cgroup_directory(directory_);
  kind_ = Kind::none;
}

}  // namespace bakeoff
