// Which CPUs this process may use, and how they are split between the subject and the load.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::measure {

/// The CPUs that this process may run on, ascending: what taskset and the container allow, not what the machine has.
std::vector<int> allowed_cpus();

struct CpuSplit {
  std::vector<int> subject;
  std::vector<int> load;
  bool shared = false;  ///< One CPU only: both sides run on it and disturb each other. The table has to say so.
};

/// The first half for the subject, the rest for the load. `allowed` is not empty.
CpuSplit split_cpus(const std::vector<int>& allowed);

/// Keeps the calling thread, and what it starts from here on, on these CPUs. Best effort: if the kernel refuses, the
/// thread stays where it was.
void pin_to_cpus(const std::vector<int>& cpus);

/// Reads "0,2-3". Ascending, without duplicates; throws std::invalid_argument with what was found and what is expected.
std::vector<int> parse_cpu_list(std::string_view text);

/// "0,2-3"; "" for none.
std::string format_cpu_list(const std::vector<int>& cpus);

}  // namespace bakeoff::measure
