#include "harness/report/memory_figures.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bakeoff::report {
namespace {

using Kib = std::optional<std::uint64_t> journal::SubjectRow::*;

enum class Shown : std::uint8_t { always, after_rest };

Figure in_mib(const std::string& key, const std::string& title, Kib kib, Shown shown) {
  constexpr double kKibPerMib = 1024;
  return {.key = key,
          .title = title + " MiB",
          .unit = "MiB",
          .metric = "",
          .extract = [=](const journal::Trial& trial) -> std::optional<double> {
            if (shown == Shown::after_rest && !trial.params.rest_s) return std::nullopt;
            if (!trial.subject_cost || !((*trial.subject_cost).*kib)) return std::nullopt;
            return static_cast<double>(*((*trial.subject_cost).*kib)) / kKibPerMib;
          }};
}

// For tables with idle connections, and those that ask for memory. With a short load alone the growth is mostly what
// the load itself needs once.
Figure per_connection(const std::string& key, const std::string& title,
                      std::optional<double> journal::SubjectRow::*share) {
  return {.key = key,
          .title = title,
          .unit = "KiB/conn",
          .metric = "",
          .extract = [share](const journal::Trial& trial) -> std::optional<double> {
            const bool asked = trial.params.load.idle > 0 || trial.params.rest_s;
            return asked && trial.subject_cost ? (*trial.subject_cost).*share : std::nullopt;
          }};
}

}  // namespace

std::vector<Figure> memory_figures() {
  using Row = journal::SubjectRow;
  return {in_mib("pss_begin_mib", "PSS idle", &Row::pss_begin_kib, Shown::after_rest),
          in_mib("pss_end_mib", "PSS", &Row::pss_end_kib, Shown::always),
          in_mib("pss_after_mib", "PSS after", &Row::pss_after_kib, Shown::after_rest),
          in_mib("kernel_begin_mib", "kernel idle", &Row::kernel_begin_kib, Shown::after_rest),
          in_mib("kernel_end_mib", "kernel", &Row::kernel_end_kib, Shown::after_rest),
          in_mib("kernel_after_mib", "kernel after", &Row::kernel_after_kib, Shown::after_rest),
          per_connection("pss_per_connection_kib", "KiB/conn", &Row::pss_per_connection_kib),
          per_connection("kernel_per_connection_kib", "kernel KiB/conn", &Row::kernel_per_connection_kib)};
}

}  // namespace bakeoff::report
