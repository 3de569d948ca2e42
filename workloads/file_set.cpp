#include "workloads/file_set.h"

#include <algorithm>
#include <stdexcept>

#include "workloads/mix.h"

namespace bakeoff::workloads {
namespace {

constexpr std::uint64_t kPatternBytes = 65536;
constexpr std::uint64_t kPatternStream = 0x66696c65;  // "file"
constexpr AmountWords kSizeWords{.what = "files: a size", .of = "bytes", .unit = "BYTES"};

/// Twice in a row, so that it can be read from any place as far as it is long.
const std::string& pattern() {
  static const std::string twice = [] {
    std::string once;
    for (std::uint64_t word = 0; once.size() < kPatternBytes; ++word) {
      const std::uint64_t value = draw(kPatternStream, word);
      for (unsigned shift = 0; shift < 64; shift += 8) once += static_cast<char>(value >> shift);
    }
    return once + once;
  }();
  return twice;
}

std::string first_line(std::uint64_t file, std::uint64_t size) {
  return std::to_string(file) + " " + std::to_string(size) + "\n";
}

/// Shows the part piece by piece to `see(std::string_view) -> bool`, until that is false. Whether it never was.
template <typename See>
bool for_each_piece(std::uint64_t file, std::uint64_t size, std::uint64_t from, std::uint64_t length, const See& see) {
  const std::string line = first_line(file, size);
  while (length > 0) {
    std::string_view piece;
    if (from < line.size()) {
      piece = std::string_view(line).substr(from);
    } else {
      piece = std::string_view(pattern()).substr((mix(file) + from) % kPatternBytes, kPatternBytes);
    }
    piece = piece.substr(0, length);
    if (!see(piece)) return false;
    from += piece.size();
    length -= piece.size();
  }
  return true;
}

}  // namespace

FileSizes::FileSizes(const FileSet& set)
    : draw_(set.bytes, kSizeWords, kLargestFile), stream_(stream_of(set.seed, 0)), count_(set.count) {
  if (count_ == 0 || count_ > kMostFiles) {
    throw std::invalid_argument("files: their number is from 1 to " + std::to_string(kMostFiles) + ", found " +
                                std::to_string(count_));
  }
}

std::uint64_t FileSizes::total() const {
  std::uint64_t sum = 0;
  for (std::uint64_t file = 0; file < count_; ++file) sum += bytes(file);
  return sum;
}

void append_file_part(std::string& out, std::uint64_t file, std::uint64_t size, std::uint64_t from,
                      std::uint64_t length) {
  for_each_piece(file, size, from, length, [&](std::string_view piece) {
    out.append(piece);
    return true;
  });
}

bool is_file_part(std::uint64_t file, std::uint64_t size, std::uint64_t from, std::string_view bytes) {
  if (from > size || bytes.size() > size - from) return false;
  return for_each_piece(file, size, from, bytes.size(), [&](std::string_view piece) {
    const bool same = bytes.starts_with(piece);
    bytes.remove_prefix(std::min(piece.size(), bytes.size()));
    return same;
  });
}

}  // namespace bakeoff::workloads
