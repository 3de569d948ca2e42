// Boost's SHA-1 is a header and in every Boost from 1.66 on; its digest type changed from words to bytes in 1.86.
#include "harness/measure/hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/uuid/detail/sha1.hpp>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace bakeoff::measure {
namespace {

using Sha1 = boost::uuids::detail::sha1;

std::string as_text(Sha1& sha1) {
  Sha1::digest_type digest;
  sha1.get_digest(digest);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "sha1:";
  for (const auto element : digest) {
    for (auto bit = static_cast<int>(sizeof element) * 8 - 4; bit >= 0; bit -= 4) {
      text += kDigits[(static_cast<std::uint32_t>(element) >> bit) & 0xFU];
    }
  }
  return text;
}

[[noreturn]] void fail(const char* step, const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), std::string{step} + " " + file.string());
}

}  // namespace

std::string content_hash(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("opening", file);
  Sha1 sha1;
  std::array<char, 65536> part;
  ssize_t got = 0;
  while ((got = ::read(descriptor, part.data(), part.size())) != 0) {
    if (got > 0) {
      sha1.process_bytes(part.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      const int error = errno;
      ::close(descriptor);
      errno = error;
      fail("reading", file);
    }
  }
  ::close(descriptor);
  return as_text(sha1);
}

std::string content_hash_of(std::string_view bytes) {
  Sha1 sha1;
  sha1.process_bytes(bytes.data(), bytes.size());
  return as_text(sha1);
}

}  // namespace bakeoff::measure
