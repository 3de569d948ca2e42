#include "models/probes/spawning.h"

#include <algorithm>

namespace bakeoff::models::probes {
namespace {

/// Makes nothing, by calls that are as real as another's.
class NullMechanism {
 public:
  [[gnu::noinline]] void create(std::size_t /*index*/, StartReport* report) { report_start(report); }
  [[gnu::noinline]] void join(std::size_t index) { joined_ = index; }

 private:
  volatile std::size_t joined_ = 0;
};

}  // namespace

ProbeResult spawn_result(const SpawnTimes& times, const SpawnPlan& plan) {
  constexpr std::chrono::milliseconds kEach{10};
  constexpr double kNsPerUs = 1000;
  constexpr double kPercent = 100;
  NullMechanism nothing;
  const SpawnTimes body = time_spawning(nothing, plan, kEach);
  ProbeResult result{.limit = times.limit, .units_created = times.units};
  const auto add = [&result](const char* name, double ns, double body_ns) {
    if (ns > body_ns) result.figures.push_back({name, (ns - body_ns) / kNsPerUs});
  };
  add("create_and_join_us", times.create_and_join, body.create_and_join);
  add("call_returns_us", times.call_returns, body.call_returns);
  add("first_instruction_us", times.first_instruction, body.first_instruction);
  if (times.limit.empty()) add("outstanding_us", times.outstanding, body.outstanding);
  result.figures.push_back({"began_on_other_cpu_percent", kPercent * times.on_other_cpu});
  return result;
}

}  // namespace bakeoff::models::probes
