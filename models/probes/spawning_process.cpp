#include "models/probes/spawning_process.h"

#include <sched.h>

#include <cerrno>
#include <system_error>

namespace bakeoff::models::probes {

void pin_processes(std::string_view place) {
  const CpuPair cpus = choose_cpus(place);
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  CPU_SET(cpus.here, &allowed);
  CPU_SET(cpus.there, &allowed);
  if (::sched_setaffinity(0, sizeof allowed, &allowed) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

}  // namespace bakeoff::models::probes
