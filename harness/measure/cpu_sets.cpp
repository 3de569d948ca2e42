#include "harness/measure/cpu_sets.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "harness/measure/system_error.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

// The kernel's own bound; keeps "0-4000000000" from filling the memory.
constexpr int kMostCpus = 8192;

[[noreturn]] void refuse(std::string_view found, std::string_view part) {
  throw std::invalid_argument("CPU list \"" + std::string{found} + "\": found \"" + std::string{part} +
                              "\", expected CPU numbers and ranges such as 0,2-3");
}

}  // namespace

std::vector<int> allowed_cpus() {
  // The kernel refuses (EINVAL) a set smaller than its own, which may be larger than the default of 1,024.
  for (int size = 1024; size <= kMostCpus; size *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set{CPU_ALLOC(static_cast<std::size_t>(size)),
                                                               [](cpu_set_t* held) { CPU_FREE(held); }};
    const auto bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(size));
    if (::sched_getaffinity(0, bytes, set.get()) != 0) {
      if (errno == EINVAL) continue;
      break;
    }
    std::vector<int> cpus;
    for (int cpu = 0; cpu < size; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set.get())) cpus.push_back(cpu);
    }
    return cpus;
  }
  throw_system_error("reading the allowed CPUs (sched_getaffinity)");
}

CpuSplit split_cpus(const std::vector<int>& allowed) {
  if (allowed.empty()) throw std::invalid_argument("no CPU to split");
  if (allowed.size() == 1) return {.subject = allowed, .load = allowed, .shared = true};
  const auto middle = allowed.begin() + static_cast<std::ptrdiff_t>(allowed.size() / 2);
  return {.subject = {allowed.begin(), middle}, .load = {middle, allowed.end()}, .shared = false};
}

void pin_to_cpus(const std::vector<int>& cpus) {
  const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set{CPU_ALLOC(kMostCpus),
                                                             [](cpu_set_t* held) { CPU_FREE(held); }};
  const auto bytes = CPU_ALLOC_SIZE(kMostCpus);
  CPU_ZERO_S(bytes, set.get());
  for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), bytes, set.get());
  ::sched_setaffinity(0, bytes, set.get());
}

std::vector<int> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  std::string_view rest = text;
  while (true) {
    const auto end = rest.find(',');
    const auto part = rest.substr(0, end);
    const auto dash = part.find('-');
    const auto first = parse_number<int>(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_number<int>(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first || *last >= kMostCpus) refuse(text, part);
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[i]);
    if (last > i) text += '-' + std::to_string(cpus[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace bakeoff::measure
