#include "harness/experiment/queue_section.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/experiment/queue_jobs.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::experiment {
namespace {

constexpr std::array<std::string_view, 3> kKeysOfQueuesAlone{"jobs", "acknowledge", "kill"};
/// Tables of workloads have these too.
constexpr std::array<std::string_view, 7> kSharedKeys{"name",      "queue",    "subjects", "units",
                                                      "placement", "rate_rps", "arrivals"};
const std::vector<std::string> kAcknowledge{"after", "before"};
const std::vector<std::string> kKills{"none", "worker"};
const std::vector<std::string> kArrivalsOfJobs{"constant", "poisson"};
constexpr std::uint64_t kDefaultJobs = 1000;
constexpr std::uint64_t kMostJobs = 1'000'000;
constexpr double kLeastJobRate = 0.1, kMostJobRate = 100'000;

bool belongs_to_queues(std::string_view key) {
  return std::ranges::count(kKeysOfQueuesAlone, key) + std::ranges::count(kSharedKeys, key) != 0;
}

}  // namespace

void read_queue_section(const input::TomlSection& section, TableSpec& table) {
  for (const std::string& key : section.keys()) {
    if (!belongs_to_queues(key)) section.fail(key, section.shown(key), "it only beside a workload or a job");
  }
  try {
    check_queued_work(table.work);
  } catch (const std::invalid_argument& error) {
    section.fail("queue", measure::in_quotes(table.work), std::string("what a job does (") + error.what() + ")");
  }
  journal::QueueParams queue;
  queue.jobs = section.whole("jobs", 1, kMostJobs).value_or(kDefaultJobs);
  queue.rate_rps = section.number("rate_rps", kLeastJobRate, kMostJobRate, "jobs per second").value_or(0);
  if (section.has("arrivals") && queue.rate_rps == 0) {
    section.fail("arrivals", section.shown("arrivals"), "it only beside rate_rps: a backlog is all there at once");
  }
  queue.poisson = section.name("arrivals", kArrivalsOfJobs).value_or("constant") == "poisson";
  queue.acknowledge = section.name("acknowledge", kAcknowledge).value_or("after");
  queue.kill = section.name("kill", kKills).value_or("none");
  table.queue = queue;
}

void refuse_queue_keys(const input::TomlSection& section) {
  for (const std::string_view key : kKeysOfQueuesAlone) {
    if (section.has(key)) section.fail(key, section.shown(key), "it only beside queue");
  }
}

}  // namespace bakeoff::experiment
