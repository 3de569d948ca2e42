// Pages of bits, and their text: "DUPLICATES" or "DUPLICATES!" when incomplete, then for each page " PAGE:FIRST:BYTES",
// all numbers in hexadecimal; BYTES are those of the page from FIRST on, without the zeros before and behind them.
#include "workloads/ledger.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "workloads/client.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

[[noreturn]] void refuse_ledger(std::string_view what, std::string_view text) {
  constexpr std::size_t kShown = 40;
  throw std::invalid_argument("ledger: expected " + std::string(what) + ", found \"" +
                              printable(text.substr(0, kShown)) + "\"");
}

std::uint64_t parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) refuse_ledger("a hexadecimal number", text);
  return value;
}

void append_hex(std::string& text, std::uint64_t value) {
  char digits[16];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value, 16).ptr);
}

/// What stands before the next `mark`, which is taken off too; all of it when there is none.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = text.find(mark);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

}  // namespace

Ledger::Page* Ledger::turn_to(std::uint64_t number) {
  auto found = pages_.find(number);
  if (found == pages_.end()) {
    if (pages_.size() >= most_pages_) {
      complete_ = false;
      return nullptr;
    }
    found = pages_.emplace(number, std::make_unique<Page>()).first;
  }
  last_number_ = number;
  last_ = found->second.get();
  return last_;
}

void Ledger::merge(const Ledger& other) {
  duplicates_ += other.duplicates_;
  complete_ = complete_ && other.complete_;
  for (const auto& [number, theirs] : other.pages_) {
    Page* const ours = turn_to(number);
    if (ours == nullptr) continue;
    for (std::size_t i = 0; i < kWords; ++i) {
      std::uint64_t& word = (*ours)[i];
      const std::uint64_t more = (*theirs)[i];
      duplicates_ += static_cast<std::uint64_t>(std::popcount(word & more));
      count_ += static_cast<std::uint64_t>(std::popcount(more & ~word));
      word |= more;
    }
  }
}

void Ledger::append_page(std::string& text, std::uint64_t number, const Page& page) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(page[at / 8] >> (at % 8 * 8)) & 0xff; };
  std::size_t first = 0;
  std::size_t end = kWords * 8;
  while (first < end && byte(first) == 0) ++first;
  while (end > first && byte(end - 1) == 0) --end;
  append_hex(text.append(" "), number);
  append_hex(text.append(":"), first);
  text.append(":");
  for (std::size_t at = first; at < end; ++at) {
    text += kHex[byte(at) >> 4];
    text += kHex[byte(at) & 15];
  }
}

std::string Ledger::to_text() const {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(pages_.size());
  for (const auto& [number, page] : pages_) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  std::string text;
  append_hex(text, duplicates_);
  if (!complete_) text += '!';
  for (const std::uint64_t number : numbers) append_page(text, number, *pages_.at(number));
  return text;
}

void Ledger::read_page(std::string_view text) {
  const std::string_view whole = text;
  const std::uint64_t number = parse_hex(take_until(text, ':'));
  std::size_t at = parse_hex(take_until(text, ':'));
  if (number >> (64 - kPageBits) != 0) refuse_ledger("a page of 64-bit numbers", whole);
  if (text.size() % 2 != 0 || at > kWords * 8 || text.size() / 2 > kWords * 8 - at)
    refuse_ledger("a page's bytes", whole);
  if (pages_.contains(number)) refuse_ledger("each page once", whole);
  Page* const page = turn_to(number);
  if (page == nullptr) refuse_ledger("fewer pages", whole);
  for (; !text.empty(); text.remove_prefix(2), ++at) {
    (*page)[at / 8] |= parse_hex(text.substr(0, 2)) << (at % 8 * 8);
  }
  for (const std::uint64_t word : *page) count_ += static_cast<std::uint64_t>(std::popcount(word));
}

Ledger Ledger::from_text(std::string_view text) {
  Ledger ledger;
  std::string_view head = take_until(text, ' ');
  if (head.ends_with('!')) {
    ledger.complete_ = false;
    head.remove_suffix(1);
  }
  ledger.duplicates_ = parse_hex(head);
  while (!text.empty()) ledger.read_page(take_until(text, ' '));
  return ledger;
}

}  // namespace bakeoff::workloads
