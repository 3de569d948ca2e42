#include "models/probes/touched_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace bakeoff::models::probes {
namespace {

constexpr std::size_t kHugePage = 2 * kBytesPerMib;
/// The number of KiB in a line of "Name:   123 kB"; 0 where it is another's line.
std::uint64_t kib_of(const std::string& line, const std::string& name) {
  if (!line.starts_with(name + ":")) return 0;
  return std::stoull(line.substr(name.size() + 1));
}

void expect_huge_pages() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string line;
  if (!std::getline(file, line))
    throw std::invalid_argument("huge-pages=yes needs a kernel with transparent huge pages");
  if (line.find("[never]") != std::string::npos) {
    throw std::invalid_argument(
        "huge-pages=yes needs /sys/kernel/mm/transparent_hugepage/enabled to be madvise or always");
  }
}

}  // namespace

void require_available_memory(std::uint64_t mib) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("MemAvailable:")) continue;
    const std::uint64_t available = kib_of(line, "MemAvailable") / kBytesPerKib;
    // A tenth for the page tables of the children.
    if (mib + mib / 10 > available) {
      throw std::invalid_argument(std::to_string(mib) + " MiB to touch, and MemAvailable is " +
                                  std::to_string(available) + " MiB");
    }
  }
}

TouchedMemory::TouchedMemory(std::uint64_t mib, bool huge) : bytes_(mib * kBytesPerMib) {
  if (huge) expect_huge_pages();
  if (bytes_ == 0) return;
  require_available_memory(mib);
  mapped_ = bytes_ + kHugePage;
  void* mapping = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    throw std::system_error(errno, std::generic_category(), "map " + std::to_string(mib) + " MiB");
  mapping_ = static_cast<char*>(mapping);
  const std::size_t beyond = reinterpret_cast<std::uintptr_t>(mapping_) % kHugePage;
  memory_ = mapping_ + (beyond == 0 ? 0 : kHugePage - beyond);
  if (::madvise(memory_, bytes_, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) != 0 && huge) {
    const int error = errno;
    release();
    throw std::system_error(error, std::generic_category(), "madvise(MADV_HUGEPAGE)");
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < bytes_; i += page) static_cast<volatile char*>(memory_)[i] = 1;
}

TouchedMemory::~TouchedMemory() {
  release();
}

void TouchedMemory::release() noexcept {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
}

double TouchedMemory::huge_percent() const {
  if (bytes_ == 0) return 0;
  constexpr int kHexadecimal = 16;
  constexpr double kPercent = 100;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory_);
  std::uint64_t huge_kib = 0;
  bool inside = false;
  std::ifstream file("/proc/self/smaps");
  for (std::string line; std::getline(file, line);) {
    // "7f0000000000-7f0040000000 rw-p ..." begins a mapping; what follows is of it.
    if (const std::size_t dash = line.find('-');
        dash != std::string::npos && line.find(' ') > dash && line.find_first_not_of("0123456789abcdef") == dash) {
      const std::uintptr_t from = std::stoull(line, nullptr, kHexadecimal);
      inside = from >= begin && from < begin + bytes_;
    } else if (inside) {
      huge_kib += kib_of(line, "AnonHugePages");
    }
  }
  return kPercent * static_cast<double>(huge_kib * kBytesPerKib) / static_cast<double>(bytes_);
}

}  // namespace bakeoff::models::probes
