#include "harness/experiment/memory_section.h"

#include <algorithm>

#include "harness/experiment/startup_trial.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/variant.h"

namespace bakeoff::experiment {
namespace {

constexpr std::uint64_t kLeastMemoryMib = 4;
constexpr std::uint64_t kMostMemoryMib = 1024UL * 1024;
constexpr double kLeastRestS = 0.05, kMostRestS = 600;
constexpr double kLeastP99Ms = 0.001, kMostP99Ms = 600'000;

/// The setting of a runtime's manifest that its heap is limited by.
constexpr const char* kHeap = "heap";

}  // namespace

void read_memory_section(const input::TomlSection& section, TableSpec& table) {
  table.memory_mib = section.whole("memory_mib", kLeastMemoryMib, kMostMemoryMib);
  table.heap_mib = section.whole("heap_mib", kLeastMemoryMib, kMostMemoryMib);
  table.rest_s = section.seconds("rest_s", kLeastRestS, kMostRestS);
  if (table.is_startup()) table.rest_s = table.rest_s.value_or(kDefaultIdleS);
  table.p99_limit_ms = section.number("p99_limit_ms", kLeastP99Ms, kMostP99Ms, "a number of milliseconds");
}

void expect_heaps(const input::TomlSection& section, const TableSpec& table, const std::vector<std::string>& subjects,
                  const subjects::Inventory& inventory) {
  if (!table.heap_mib) return;
  for (const std::string& name : subjects) {
    const std::string why = why_no_heap(table, subjects::make_variant(inventory, name));
    if (!why.empty()) {
      section.fail("heap_mib", section.shown("heap_mib"),
                   "it only beside runtimes whose heap can be limited: " + measure::in_quotes(name) + ": " + why);
    }
  }
}

std::string why_no_heap(const TableSpec& table, const subjects::Subject& subject) {
  if (!table.heap_mib) return "";
  if (subject.set.contains(kHeap)) return "its name limits the heap already";
  const auto found = std::ranges::find(subject.settings, kHeap, &subjects::SettingFacts::name);
  if (found == subject.settings.end()) return "its heap cannot be limited";
  return *table.heap_mib < found->least ? "its heap has " + std::to_string(found->least) + " MiB at least" : "";
}

}  // namespace bakeoff::experiment
