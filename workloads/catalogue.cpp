// The only list of workloads and jobs.
#include "workloads/catalogue.h"

#include <array>
#include <utility>

#include "workloads/jobs/jobs.h"
#include "workloads/null_server.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
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

std::span<const WorkloadEntry> workload_entries() {
  static const std::array entries{
      WorkloadEntry{"echo", "messages of a fixed size, sent back as they came", "",
                    service<make_echo_service, make_echo_client, kFaultyEcho>, make_echo_client, make_echo_verifier},
      WorkloadEntry{"http", "HTTP/1.1 with keep-alive and pipelining", "/",
                    service<make_http_service, make_http_client, kFaultyHttp>, make_http_client, make_http_verifier,
                    http_files_asked, http_calls_back_end},
      WorkloadEntry{"counter", "a key-value server that speaks the Redis protocol", "incr/counter",
                    service<make_counter_service, make_counter_client, kFaultyCounter>, make_counter_client,
                    make_counter_verifier},
  };
  return entries;
}

std::span<const JobEntry> job_entries() {
  static const std::array entries{
      JobEntry{"amdahl", "size rounds of work, a share of which one unit at a time may do", jobs::kAmdahlDefaultSize,
               jobs::make_amdahl_job, jobs::kAmdahlSettings, true},
      JobEntry{.name = "count",
               .summary = "each unit counts to size, one step at a time",
               .default_size = jobs::kCountDefaultSize,
               .make = jobs::make_count_job,
               .repeats_work = true},
      JobEntry{.name = "deadlock",
               .summary = "two units take two locks in opposite orders, size times",
               .default_size = jobs::kDeadlockDefaultSize,
               .make = jobs::make_deadlock_job,
               .settings = jobs::kDeadlockSettings,
               .compared = {.name = "way", .figures = jobs::kDeadlockFigures},
               .units = jobs::kDeadlockUnits},
      JobEntry{"idle", "all units are there and do nothing: what memory a unit takes (size means nothing)", 1,
               jobs::make_idle_job},
      JobEntry{"image",
               "size pictures are made brighter, blurred and halved",
               jobs::kImageDefaultSize,
               jobs::make_image_job,
               {},
               true},
      JobEntry{
          "infer", "size inputs go through a small network", jobs::kInferDefaultSize, jobs::make_infer_job, {}, true},
      JobEntry{"oversubscribe", "size rounds of work, shared out over ever more units", jobs::kOversubscribeDefaultSize,
               jobs::make_oversubscribe_job, jobs::kOversubscribeSettings, true},
      JobEntry{.name = "ping-pong",
               .summary = "two units send a number to and fro, size times",
               .default_size = jobs::kPingPongDefaultSize,
               .make = jobs::make_ping_pong_job,
               .units = jobs::kPingPongUnits},
      JobEntry{"sha256", "size MiB are hashed in blocks", jobs::kSha256DefaultSize, jobs::make_sha256_job, {}, true},
      JobEntry{.name = "shared-count",
               .summary = "each unit adds to one counter of all, size times",
               .default_size = jobs::kSharedCountDefaultSize,
               .make = jobs::make_shared_count_job,
               .settings = jobs::kSharedCountSettings,
               .compared = {.name = "discipline", .figures = jobs::kSharedCountFigures}},
      JobEntry{"skynet", "a tree of units with size leaves, ten below each unit", jobs::kSkynetDefaultSize,
               jobs::make_skynet_job},
      JobEntry{"sleepers", "each unit sleeps for size milliseconds", jobs::kSleepersDefaultSize,
               jobs::make_sleepers_job},
      JobEntry{"spawn", "each unit makes size more units, one after the other", jobs::kSpawnDefaultSize,
               jobs::make_spawn_job},
  };
  return entries;
}

const WorkloadEntry* find_workload(std::string_view name) {
  for (const WorkloadEntry& entry : workload_entries()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

const JobEntry* find_job(std::string_view name) {
  for (const JobEntry& entry : job_entries()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace bakeoff::workloads
