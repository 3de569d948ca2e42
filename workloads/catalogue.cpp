// The only list of workloads and jobs.
#include "workloads/catalogue.h"

#include <array>
#include <utility>

#include "workloads/jobs/jobs.h"
#include "workloads/null_server.h"
#include "workloads/services.h"

namespace bakeoff {
namespace {

/// A workload's service, or the null server in its place, with what its settings want to go wrong.
template <auto make_service, auto make_client, const FaultyProtocol& protocol>
std::unique_ptr<Service> service(const ServiceSettings& settings) {
  auto made = make_service(settings);
  if (settings.faults.null && protocol.null_request != nullptr) {
    made = make_null_service(*made, *make_client({.request = protocol.null_request}));
  }
  return with_faults(std::move(made), protocol, settings.faults);
}

}  // namespace

std::span<const WorkloadEntry> workloads() {
  static const std::array entries{
      WorkloadEntry{"echo", "messages of a fixed size, sent back as they came", "",
                    service<make_echo_service, make_echo_client, kFaultyEcho>, make_echo_client, make_echo_verifier},
      WorkloadEntry{"http", "HTTP/1.1 with keep-alive and pipelining", "/",
                    service<make_http_service, make_http_client, kFaultyHttp>, make_http_client, make_http_verifier},
      WorkloadEntry{"counter", "a key-value server that speaks the Redis protocol", "incr/counter",
                    service<make_counter_service, make_counter_client, kFaultyCounter>, make_counter_client,
                    make_counter_verifier},
  };
  return entries;
}

std::span<const JobEntry> jobs() {
  static const std::array entries{
      JobEntry{"amdahl", "size rounds of work, a share of which one unit at a time may do", kAmdahlDefaultSize,
               make_amdahl_job, kAmdahlSettings, true},
      JobEntry{"count", "each unit counts to size, one step at a time", kCountDefaultSize, make_count_job},
      JobEntry{"deadlock", "two units take two locks in opposite orders, size times", kDeadlockDefaultSize,
               make_deadlock_job, kDeadlockSettings},
      JobEntry{"idle", "all units are there and do nothing: what memory a unit takes (size means nothing)", 1,
               make_idle_job},
      JobEntry{
          "image", "size pictures are made brighter, blurred and halved", kImageDefaultSize, make_image_job, {}, true},
      JobEntry{"infer", "size inputs go through a small network", kInferDefaultSize, make_infer_job, {}, true},
      JobEntry{"oversubscribe", "size rounds of work, shared out over ever more units", kOversubscribeDefaultSize,
               make_oversubscribe_job, kOversubscribeSettings, true},
      JobEntry{"sha256", "size MiB are hashed in blocks", kSha256DefaultSize, make_sha256_job, {}, true},
      JobEntry{"shared-count", "each unit adds to one counter of all, size times", kSharedCountDefaultSize,
               make_shared_count_job, kSharedCountSettings},
      JobEntry{"skynet", "a tree of units with size leaves, each unit with ten of its own", kSkynetDefaultSize,
               make_skynet_job},
      JobEntry{"sleepers", "each unit sleeps for size milliseconds", kSleepersDefaultSize, make_sleepers_job},
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
