// The files that GET /file/<k> serves: which there are, how large each is, and every byte of them. All of it follows
// from a few numbers, so that a client can check a file of any server without having it. Nothing is read or written in
// here.
//
// PROTOCOLS.md has the bytes. Left out: names other than numbers, folders below folders.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/draws.h"

namespace bakeoff::workloads {

/// The most files of a set, and the most bytes of one: its reply has to be a message (kMessageCap).
inline constexpr std::uint64_t kMostFiles = 1'000'000;
inline constexpr std::uint64_t kLargestFile = 2UL * 1024 * 1024;

/// Where they are below the root of a server, as in GET /file/<k>.
inline constexpr std::string_view kFilesBelow = "file";

/// Files 0 to count - 1.
struct FileSet {
  std::uint64_t count = 1000;
  std::string bytes = "fixed:51200";  ///< How large they are, as AmountDraw has it: "lognormal:8192,1.3".
  std::uint64_t seed = 1;             ///< Of the sizes.
};

/// How large each file of a set is.
class FileSizes {
 public:
  /// Throws std::invalid_argument in one line when `bytes` is no shape, or the count is 0 or above kMostFiles.
  explicit FileSizes(const FileSet& set);

  std::uint64_t bytes(std::uint64_t file) const { return draw_.amount(stream_, file); }
  std::uint64_t count() const { return count_; }
  /// Of all files together.
  std::uint64_t total() const;

 private:
  AmountDraw draw_;
  std::uint64_t stream_, count_;
};

/// Appends what stands in file `file` of `size` bytes, from byte `from` on, `length` bytes that it has.
void append_file_part(std::string& out, std::uint64_t file, std::uint64_t size, std::uint64_t from,
                      std::uint64_t length);

/// Whether that is what stands there.
bool is_file_part(std::uint64_t file, std::uint64_t size, std::uint64_t from, std::string_view bytes);

}  // namespace bakeoff::workloads
