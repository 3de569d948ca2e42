#include "harness/subjects/child_output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "harness/measure/plain_text.h"

namespace bakeoff::subjects {
namespace {

/// 0 for what is not a file: a terminal, say.
std::size_t size_of(int descriptor) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
  return static_cast<std::size_t>(facts.st_size);
}

std::string part_of(int descriptor, std::size_t from, std::size_t bytes) {
  std::string part(bytes, '\0');
  std::size_t got = 0;
  while (got < bytes) {
    const auto read = ::pread(descriptor, part.data() + got, bytes - got, static_cast<off_t>(from + got));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) break;
    got += static_cast<std::size_t>(read);
  }
  part.resize(got);
  return part;
}

bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string last_lines(int descriptor, std::size_t bytes) {
  const std::size_t size = size_of(descriptor);
  const std::size_t from = size - std::min(size, bytes);
  std::string text = part_of(descriptor, from, size - from);
  if (from == 0) return measure::plain_line(text);
  // What is left of a character that was cut in two.
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), goes_on));
  return "..." + measure::plain_line(text);
}

std::string last_text(int descriptor, std::size_t bytes) {
  const std::size_t size = size_of(descriptor);
  const std::size_t from = size - std::min(size, bytes);
  std::string text = part_of(descriptor, from, size - from);
  if (from != 0) text.erase(0, text.find('\n'));
  return text;
}

std::string first_line(int descriptor, std::size_t bytes) {
  const std::string text = part_of(descriptor, 0, std::min(size_of(descriptor), bytes));
  return measure::plain_line(text.substr(0, text.find('\n')));
}

std::string line_with_key(int descriptor, std::string_view key, std::size_t bytes) {
  const std::string text = part_of(descriptor, 0, std::min(size_of(descriptor), bytes));
  const std::string quoted = '"' + std::string(key) + '"';
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (line.starts_with('{') && line.find(quoted) != line.npos) return std::string(line);
  }
  return "";
}

}  // namespace bakeoff::subjects
