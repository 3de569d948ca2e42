#include "harness/subjects/file_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/measure/owned_descriptor.h"
#include "harness/measure/page_cache.h"
#include "harness/measure/system_error.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using workloads::kFilesBelow;

constexpr const char* kNote = "files.json";  ///< What set it is; written last.
constexpr double kSpareShare = 0.02;         ///< Of the room on the disk, which is left for others.
constexpr double kMostLeftShare = 0.01;

std::string note_of(const workloads::FileSet& set) {
  return nlohmann::json{{"count", set.count}, {"bytes", set.bytes}, {"seed", set.seed}}.dump() + "\n";
}

std::string in_mib(double bytes) {
  constexpr double kMib = 1024.0 * 1024;
  return fmt::format("{:.1f} MiB", bytes / kMib);
}

std::uint64_t bytes_on_disk(const workloads::FileSizes& sizes) {
  constexpr std::uint64_t kBlock = 4096;
  std::uint64_t bytes = 0;
  for (std::uint64_t file = 0; file < sizes.count(); ++file) {
    bytes += (sizes.bytes(file) + kBlock - 1) / kBlock * kBlock;
  }
  return bytes;
}

void write_whole(const fs::path& file, std::string_view bytes) {
  const measure::OwnedDescriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!made) measure::throw_system_error("make " + file.string());
  while (!bytes.empty()) {
    const ssize_t written = ::write(made.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) measure::throw_system_error("write " + file.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr timespec kLongAgo{.tv_sec = 946'684'800, .tv_nsec = 0};  // The beginning of the year 2000.
  const timespec times[2] = {kLongAgo, kLongAgo};
  if (::futimens(made.get(), times) != 0 || ::fchmod(made.get(), 0644) != 0) {
    measure::throw_system_error("set up " + file.string());
  }
}

void for_each_file(const fs::path& root, const std::function<void(const fs::path&)>& see) {
  for (const auto& entry : fs::directory_iterator(root / kFilesBelow)) {
    if (interrupted) throw Interrupted();
    see(entry.path());
  }
}

}  // namespace

void expect_room(const fs::path& folder, std::span<const workloads::FileSet> sets) {
  std::uint64_t files = 0, bytes = 0;
  for (const workloads::FileSet& set : sets) {
    files += set.count;
    bytes += bytes_on_disk(workloads::FileSizes(set));
  }
  const fs::space_info space = fs::space(folder);
  const double room = static_cast<double>(space.available) - kSpareShare * static_cast<double>(space.capacity);
  if (static_cast<double>(bytes) <= room) return;
  throw std::runtime_error(
      fmt::format("{}: the {} files take {}, and the file system has room for {}; another folder is named by TMPDIR",
                  folder.string(), files, in_mib(static_cast<double>(bytes)), in_mib(std::max(room, 0.0))));
}

bool has_files(const fs::path& root) {
  std::error_code ignored;
  return fs::is_directory(root / kFilesBelow, ignored);
}

void make_files(const fs::path& root, const workloads::FileSet& set) {
  const workloads::FileSizes sizes(set);
  if (fs::exists(root / kFilesBelow)) {
    if (measure::read_text(root / kNote) == note_of(set)) return;
    throw std::runtime_error(
        fmt::format("{}: found other files there, expected a new folder, or one with this very set",
                    (root / kFilesBelow).string()));
  }
  // Whatever the umask is: the server may run as another user.
  if (fs::create_directories(root)) fs::permissions(root, fs::perms(0755));
  expect_room(root, std::span(&set, 1));
  try {
    fs::create_directory(root / kFilesBelow);
    fs::permissions(root / kFilesBelow, fs::perms(0755));
    std::string bytes;
    for (std::uint64_t file = 0; file < sizes.count(); ++file) {
      if (interrupted) throw Interrupted();
      bytes.clear();
      workloads::append_file_part(bytes, file, sizes.bytes(file), 0, sizes.bytes(file));
      write_whole(root / kFilesBelow / std::to_string(file), bytes);
    }
    if (const auto error = measure::write_text(root / kNote, note_of(set))) {
      measure::throw_system_error("write " + (root / kNote).string(), error.value());
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(root / kFilesBelow, ignored);
    throw;
  }
}

void read_files(const fs::path& root) {
  for_each_file(root, [](const fs::path& file) {
    if (const auto error = measure::read_through(file)) {
      measure::throw_system_error("read " + file.string(), error.value());
    }
  });
}

std::string drop_files(const fs::path& root) {
  for_each_file(root, [](const fs::path& file) {
    if (const auto error = measure::drop_from_cache(file)) {
      measure::throw_system_error("drop " + file.string() + " from the page cache", error.value());
    }
  });
  measure::CachedBytes all;
  for_each_file(root, [&](const fs::path& file) {
    std::error_code error;
    const measure::CachedBytes one = measure::cached_bytes(file, error);
    if (error) measure::throw_system_error("look for " + file.string() + " in the page cache", error.value());
    all.cached += one.cached;
    all.size += one.size;
  });
  const double share = all.size == 0 ? 0 : static_cast<double>(all.cached) / static_cast<double>(all.size);
  if (share <= kMostLeftShare) return "";
  return fmt::format(
      "{:.0f} % of the files in {} stay in memory when they are dropped from the page cache, as on a "
      "file system that is in memory; another folder is named by TMPDIR",
      100 * share, root.string());
}

}  // namespace bakeoff::subjects
