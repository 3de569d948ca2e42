// Files of /proc say that their size is 0, so they are read until the end comes.
#include "harness/measure/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::measure {
namespace {
constexpr std::string_view kSpace = " \t\r\n";
}  // namespace

std::optional<std::string> read_text(const std::filesystem::path& file) {
  const OwnedDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return std::nullopt;
  std::string text;
  std::array<char, 8192> part;
  ssize_t got = 0;
  do {
    got = ::read(descriptor.get(), part.data(), part.size());
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
  } while (got > 0 || (got < 0 && errno == EINTR));
  if (got < 0) return std::nullopt;
  return text;
}

std::optional<std::uint64_t> read_number(const std::filesystem::path& file) {
  const auto text = read_text(file);
  return text ? parse_number<std::uint64_t>(*text) : std::nullopt;
}

std::error_code write_text(const std::filesystem::path& file, std::string_view text) {
  const auto failed = [] { return std::error_code(errno, std::generic_category()); };
  const OwnedDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!descriptor) return failed();
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor.get(), text.data(), text.size());
    if (wrote < 0 && errno != EINTR) return failed();
    if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(first);
  const auto word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return word;
}

bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    if (take_word(text) == word) return true;
  }
  return false;
}

std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto line = take_line(text);
    if (take_word(line) != key) continue;
    const auto value = take_word(line);
    if (value.empty()) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

}  // namespace bakeoff::measure
