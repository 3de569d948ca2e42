#include "harness/measure/tree_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <map>
#include <string>
#include <string_view>

#include "harness/measure/owned_descriptor.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

// Bits of an entry of /proc/PID/pagemap (the kernel's admin-guide/mm/pagemap).
constexpr std::uint64_t kPresent = 1ULL << 63;
constexpr std::uint64_t kOfFile = 1ULL << 61;  ///< Or shared and anonymous, which has an inode too.

std::uint64_t page_bytes() {
  static const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

/// A line of /proc/PID/maps of a mapping that has a file.
struct FileMapping {
  std::uint64_t first_page = 0, pages = 0;  ///< In the address space.
  std::uint64_t file_page = 0;              ///< The page of the file that is mapped first.
  std::string file;                         ///< Its device and inode.
};

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "7f00-7f02 r-xp 00001000 fe:01 1234 /lib/x.so"; nullopt where there is no file.
std::optional<FileMapping> parse_mapping(std::string_view line) {
  const std::string_view range = take_word(line);
  take_word(line);  // The rights.
  const std::string_view offset = take_word(line), device = take_word(line), inode = take_word(line);
  const auto dash = range.find('-');
  if (dash == std::string_view::npos || inode == "0") return std::nullopt;
  const auto begin = parse_hex(range.substr(0, dash)), end = parse_hex(range.substr(dash + 1)), at = parse_hex(offset);
  if (!begin || !end || !at || *end < *begin) return std::nullopt;
  return FileMapping{.first_page = *begin / page_bytes(),
                     .pages = (*end - *begin) / page_bytes(),
                     .file_page = *at / page_bytes(),
                     .file = std::string(device) + " " + std::string(inode)};
}

/// The pages of files that some process has in memory, each once.
class FilePages {
 public:
  /// False where the process cannot be read, or has ended meanwhile.
  bool add(pid_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid);
    const auto maps = read_text(folder + "/maps");
    const OwnedDescriptor pagemap{::open((folder + "/pagemap").c_str(), O_RDONLY | O_CLOEXEC)};
    if (!maps || pagemap.get() < 0) return false;
    for (std::string_view rest = *maps; !rest.empty();) {
      if (const auto mapping = parse_mapping(take_line(rest))) add(*mapping, pagemap.get());
    }
    return true;
  }

  std::uint64_t kib() const { return count_ * page_bytes() / 1024; }

 private:
  static constexpr std::uint64_t kChunk = 4096;
  using Pages =
      std::map<std::uint64_t, std::bitset<kChunk>>;  ///< Of one file: a file may be large and mapped in places.

  void add(const FileMapping& mapping, int pagemap) {
    Pages& seen = seen_[mapping.file];
    std::array<std::uint64_t, 4096> entries{};
    for (std::uint64_t done = 0; done < mapping.pages;) {
      const std::uint64_t wanted = std::min<std::uint64_t>(entries.size(), mapping.pages - done);
      const auto got = ::pread(pagemap, entries.data(), wanted * sizeof entries[0],
                               static_cast<off_t>((mapping.first_page + done) * sizeof entries[0]));
      if (got <= 0) return;
      const std::uint64_t read = static_cast<std::uint64_t>(got) / sizeof entries[0];
      for (std::uint64_t i = 0; i < read; ++i) {
        if ((entries[i] & kPresent) != 0 && (entries[i] & kOfFile) != 0) enter(seen, mapping.file_page + done + i);
      }
      if (read == 0) return;
      done += read;
    }
  }

  void enter(Pages& seen, std::uint64_t page) {
    auto bit = seen[page / kChunk][page % kChunk];
    if (!bit) ++count_;
    bit = true;
  }

  std::map<std::string, Pages> seen_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::optional<TreeMemory> measure_memory(const std::vector<pid_t>& pids) {
  std::optional<std::uint64_t> anonymous_kib;
  FilePages files;
  for (const pid_t pid : pids) {
    const auto rollup = read_text("/proc/" + std::to_string(pid) + "/smaps_rollup");
    const auto word = rollup ? value_of(*rollup, "Pss_Anon:") : std::nullopt;
    if (!word || !files.add(pid)) continue;
    anonymous_kib = anonymous_kib.value_or(0) + parse_number<std::uint64_t>(*word).value_or(0);
  }
  if (!anonymous_kib) return std::nullopt;
  return TreeMemory{.pss_kib = *anonymous_kib + files.kib(), .file_kib = files.kib()};
}

}  // namespace bakeoff::measure
