// The limits of the system that models run into: which one refused a resource, and how many units they leave room for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bakeoff::models {

/// What the system refused.
enum class Resource : std::uint8_t { descriptor, thread, process, memory };

/// The limit that made the system refuse, with its value: "RLIMIT_NOFILE = 20000", "vm.max_map_count = 65530",
/// "kernel.pid_max = 32768", or "memory" with the error in words where no count is near its limit. `error` is the
/// errno. Several limits answer with the same errno; the one named is the one whose use is nearest to it now. Reads
/// /proc, once per limit.
std::string name_limit(Resource wanted, int error);

/// How many threads or processes of one program the system has room for, and the limit that says so.
struct Capacity {
  std::uint64_t units = 0;
  std::string limit;
};
Capacity capacity_for(Resource wanted);

/// How many more mappings this process may have: vm.max_map_count less the mappings that it has. Reads /proc.
std::uint64_t mappings_left();

/// How many CPUs this process may run on.
std::size_t count_allowed_cpus();

}  // namespace bakeoff::models
