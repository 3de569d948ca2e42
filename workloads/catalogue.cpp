// The only list of workloads and jobs.
#include "workloads/catalogue.h"

#include <array>

#include "workloads/jobs/jobs.h"
#include "workloads/services.h"

namespace bakeoff {

std::span<const WorkloadEntry> workloads() {
  static const std::array entries{
      WorkloadEntry{"echo", "messages of a fixed size, sent back as they came", "", make_echo_service, make_echo_client,
                    make_echo_verifier},
      WorkloadEntry{"http", "HTTP/1.1 with keep-alive and pipelining", "/", make_http_service, make_http_client,
                    make_http_verifier},
      WorkloadEntry{"counter", "a key-value server that speaks the Redis protocol", "incr/counter",
                    make_counter_service, make_counter_client, make_counter_verifier},
  };
  return entries;
}

std::span<const JobEntry> jobs() {
  static const std::array entries{
      JobEntry{"count", "each unit counts to size, one step at a time", kCountDefaultSize, make_count_job},
  };
  return entries;
}

const WorkloadEntry* find_workload(std::string_view name) {
  for (const WorkloadEntry& entry : workloads()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

const JobEntry* find_job(std::string_view name) {
  for (const JobEntry& entry : jobs()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace bakeoff
