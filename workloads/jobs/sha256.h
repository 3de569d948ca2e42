// SHA-256 (FIPS 180-4) as the job `sha256` uses it: OpenSSL's.
#pragma once

#include <array>
#include <string_view>

namespace bakeoff::workloads::jobs {

using Sha256Digest = std::array<unsigned char, 32>;

/// In one call. May be called by several threads at once. Throws std::runtime_error where OpenSSL fails.
Sha256Digest sha256(std::string_view text);

/// The same, fed in pieces that grow.
Sha256Digest sha256_in_pieces(std::string_view text);

}  // namespace bakeoff::workloads::jobs
