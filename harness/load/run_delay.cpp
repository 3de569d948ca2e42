#include "harness/load/run_delay.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

namespace bakeoff::load {

RunDelay::RunDelay() : file_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)), last_ns_(read()) {}

std::uint64_t RunDelay::since_last_ns() {
  const std::uint64_t now_ns = read();
  const std::uint64_t before_ns = last_ns_;
  last_ns_ = now_ns;
  return now_ns > before_ns ? now_ns - before_ns : 0;
}

/// The second number of the line: time on the CPU, time in the queue for it, and how often it had it.
std::uint64_t RunDelay::read() const {
  std::array<char, 128> text{};
  const auto got = file_ ? ::pread(file_.get(), text.data(), text.size(), 0) : -1;
  if (got <= 0) return 0;
  const std::string_view line(text.data(), static_cast<std::size_t>(got));
  const auto space = line.find(' ');
  if (space == line.npos) return 0;
  std::uint64_t ns = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), ns);
  return ns;
}

}  // namespace bakeoff::load
