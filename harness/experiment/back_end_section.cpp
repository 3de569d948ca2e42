#include "harness/experiment/back_end_section.h"

#include <array>
#include <string_view>

#include "harness/experiment/back_end_server.h"
#include "workloads/catalogue.h"
#include "workloads/http_routes.h"

namespace bakeoff::experiment {
namespace {

constexpr std::array<std::string_view, 4> kBackEndKeys{"back_end", "back_end_delay_us", "pool", "call_timeout_ms"};

bool calls_back_end(const TableSpec& table) {
  const workloads::WorkloadEntry* entry = workloads::find_workload(table.work);
  return entry != nullptr && entry->calls_back_end != nullptr && entry->calls_back_end(table.load.request);
}

}  // namespace

void read_back_end_section(const input::TomlSection& section, TableSpec& table, const subjects::Inventory& inventory) {
  if (!calls_back_end(table)) {
    for (const std::string_view key : kBackEndKeys) {
      if (section.has(key)) section.fail(key, section.shown(key), "it only beside a request that calls: /call/{k}");
    }
    return;
  }
  journal::BackEndFacts facts{.name = kOwnBackEnd};
  facts.name = section.name("back_end", back_end_names(inventory)).value_or(facts.name);
  facts.delay_us = section.whole("back_end_delay_us", 0, workloads::kLongestWaitUs);
  if (facts.delay_us && facts.name != kOwnBackEnd) {
    section.fail("back_end_delay_us", section.shown("back_end_delay_us"),
                 "it only beside back_end = \"http\", our own");
  }
  if (facts.name == kOwnBackEnd) facts.delay_us = facts.delay_us.value_or(0);
  facts.pool = section.whole("pool", 1, workloads::kMostPool).value_or(facts.pool);
  facts.timeout_ms = section.whole("call_timeout_ms", 1, workloads::kLongestCallMs).value_or(facts.timeout_ms);
  table.back_end = facts;
}

}  // namespace bakeoff::experiment
