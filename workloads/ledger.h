// The exact set of numbers that increments were answered with: the second proof, beside the final value, that a server
// counts right. Two replies with one number mean that one increment was lost, whatever the key says in the end.
//
// One thread fills one ledger; merge() finds what two of them have in common. Numbers of one shared counter are nearly
// sequential, so they are kept as bits in pages of 4096: ten million numbers in a row take 1.4 MB, and an add is a few
// nanoseconds as long as it falls into the page of the one before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bakeoff::workloads {

class Ledger {
 public:
  /// The most pages that a ledger keeps, about 75 MB: half a billion numbers in a row, and 131072 at the very least.
  static constexpr std::size_t kMostPages = 128UL * 1024;

  /// `most_pages`: for tests.
  explicit Ledger(std::size_t most_pages = kMostPages) : most_pages_(most_pages) {}

  /// Enters a number (a negative one as its two's complement). False when it was there already.
  /// Where the number would need a page too many it is not entered: see complete().
  bool add(std::uint64_t value) {
    const std::uint64_t number = value >> kPageBits;
    Page* const page = number == last_number_ && last_ != nullptr ? last_ : turn_to(number);
    if (page == nullptr) return true;
    std::uint64_t& word = (*page)[(value >> 6) % kWords];
    const std::uint64_t bit = std::uint64_t{1} << (value % 64);
    if ((word & bit) != 0) {
      ++duplicates_;
      return false;
    }
    word |= bit;
    ++count_;
    return true;
  }

  /// Different numbers entered.
  std::uint64_t count() const { return count_; }
  /// Times that a number was given which was there already: in add(), or in two ledgers that were merged.
  std::uint64_t duplicates() const { return duplicates_; }
  /// False when numbers were left out for want of room. Each duplicate found is one all the same; there may be more.
  bool complete() const { return complete_; }

  /// Takes over the numbers of `other`; each that both have is one more duplicate.
  void merge(const Ledger& other);

  /// All of it as printable ASCII without quotes and backslashes, so that it fits into a JSON line: about a quarter of
  /// a byte per number where they are dense.
  std::string to_text() const;
  /// Throws std::invalid_argument in one line when the text is none of to_text().
  static Ledger from_text(std::string_view text);

 private:
  static constexpr unsigned kPageBits = 12;
  static constexpr std::size_t kWords = (std::size_t{1} << kPageBits) / 64;
  using Page = std::array<std::uint64_t, kWords>;

  /// The page of that number, made if there is room; nullptr, and no longer complete, if there is none.
  Page* turn_to(std::uint64_t number);
  static void append_page(std::string& text, std::uint64_t number, const Page& page);
  void read_page(std::string_view text);

  std::size_t most_pages_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;
  std::uint64_t last_number_ = 0;
  Page* last_ = nullptr;  ///< The page that was used last.
  std::uint64_t count_ = 0;
  std::uint64_t duplicates_ = 0;
  bool complete_ = true;
};

}  // namespace bakeoff::workloads
