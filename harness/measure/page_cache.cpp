#include "harness/measure/page_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::measure {
namespace {

std::error_code last_error() {
  return {errno, std::generic_category()};
}

OwnedDescriptor open_to_read(const std::filesystem::path& file) {
  return OwnedDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

std::error_code read_through(const std::filesystem::path& file) {
  const OwnedDescriptor opened = open_to_read(file);
  if (!opened) return last_error();
  std::vector<char> scratch(256UL * 1024);
  for (;;) {
    const ssize_t got = ::read(opened.get(), scratch.data(), scratch.size());
    if (got == 0) return {};
    if (got < 0 && errno != EINTR) return last_error();
  }
}

std::error_code drop_from_cache(const std::filesystem::path& file) {
  const OwnedDescriptor opened = open_to_read(file);
  if (!opened) return last_error();
  if (::fdatasync(opened.get()) != 0) return last_error();
  const int error = ::posix_fadvise(opened.get(), 0, 0, POSIX_FADV_DONTNEED);
  return {error, std::generic_category()};
}

CachedBytes cached_bytes(const std::filesystem::path& file, std::error_code& error) {
  error = {};
  CachedBytes bytes;
  const OwnedDescriptor opened = open_to_read(file);
  struct stat facts {};
  if (!opened || ::fstat(opened.get(), &facts) != 0) {
    error = last_error();
    return bytes;
  }
  bytes.size = static_cast<std::uint64_t>(facts.st_size);
  if (bytes.size == 0) return bytes;
  void* const mapped = ::mmap(nullptr, bytes.size, PROT_READ, MAP_SHARED, opened.get(), 0);
  if (mapped == MAP_FAILED) {
    error = last_error();
    return bytes;
  }
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident((bytes.size + page - 1) / page);
  if (::mincore(mapped, bytes.size, resident.data()) != 0) error = last_error();
  ::munmap(mapped, bytes.size);
  const auto pages =
      static_cast<std::uint64_t>(std::ranges::count_if(resident, [](unsigned char one) { return (one & 1) != 0; }));
  bytes.cached = std::min(pages * page, bytes.size);
  return bytes;
}

}  // namespace bakeoff::measure
