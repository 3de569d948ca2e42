#include "harness/decide/cost_figures.h"

#include <algorithm>
#include <string_view>

#include "harness/validity/validity.h"

namespace bakeoff::decide {
namespace {

constexpr double kKibInMib = 1024;

std::optional<double> memory_mib(const journal::Trial& trial) {
  if (!trial.subject_cost || !trial.subject_cost->pss_end_kib) return std::nullopt;
  const std::uint64_t kernel = trial.subject_cost->kernel_end_kib.value_or(0);  // Verdict::kernel_memory tells.
  return static_cast<double>(*trial.subject_cost->pss_end_kib + kernel) / kKibInMib;
}

const report::Figure& server_figure(std::string_view key) {
  return *std::ranges::find(report::server_figures(), key, &report::Figure::key);
}

}  // namespace

const report::Figure& cpu_figure() {
  return server_figure("cpu_us_per_request");
}

const report::Figure& throughput_figure() {
  return server_figure("throughput_rps");
}

const report::Figure& memory_figure() {
  static const report::Figure figure{
      .key = "memory_mib", .title = "memory MiB", .unit = "MiB", .metric = "", .extract = memory_mib};
  return figure;
}

const report::Figure& busy_figure() {
  static const report::Figure figure{.key = "busy",
                                     .title = "busy",
                                     .unit = "",
                                     .metric = std::string(validity::metric::kCpuPerRequest),
                                     .extract = [](const journal::Trial& trial) -> std::optional<double> {
                                       return trial.subject_cost ? trial.subject_cost->cpu_share : std::nullopt;
                                     }};
  return figure;
}

}  // namespace bakeoff::decide
