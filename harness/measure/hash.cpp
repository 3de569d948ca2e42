// Boost's SHA-1 is a header and in every Boost from 1.66 on; its digest type changed from words to bytes in 1.86.
#include "harness/measure/hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/uuid/detail/sha1.hpp>
#include <cerrno>
#include <cstdint>

#include "harness/measure/owned_descriptor.h"
#include "harness/measure/system_error.h"

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

}  // namespace

std::string content_hash(const std::filesystem::path& file) {
  const OwnedDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) throw_system_error("opening " + file.string());
  Sha1 sha1;
  std::array<char, 65536> part;
  ssize_t got = 0;
  while ((got = ::read(descriptor.get(), part.data(), part.size())) != 0) {
    if (got > 0) {
      sha1.process_bytes(part.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      throw_system_error("reading " + file.string());
    }
  }
  return as_text(sha1);
}

std::string content_hash_of(std::string_view bytes) {
  Sha1 sha1;
  sha1.process_bytes(bytes.data(), bytes.size());
  return as_text(sha1);
}

}  // namespace bakeoff::measure
