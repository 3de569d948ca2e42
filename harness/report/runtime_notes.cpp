#include "harness/report/runtime_notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

constexpr double kSameHeap = 1.1;  // A JVM takes a share of the memory that it finds free, which is never the same.

struct HeapRange {
  std::uint64_t low = 0, high = 0;
};

/// What some trials say alike.
struct RuntimeGroup {
  std::string name, version, collector;
  std::optional<HeapRange> heap;
  std::vector<std::string> subjects;
  std::size_t trials = 0;  ///< Of the last subject.
};

bool is_same_heap(const std::optional<HeapRange>& one, const std::optional<HeapRange>& other) {
  if (!one || !other) return !one && !other;
  const auto reaches = [](std::uint64_t high, std::uint64_t low) {
    return static_cast<double>(high) * kSameHeap >= static_cast<double>(low);
  };
  return reaches(one->high, other->low) && reaches(other->high, one->low);
}

/// "G1" of "G1 Young Generation, G1 Old Generation"; others as they are.
std::string in_brief(const std::string& collector) {
  constexpr std::string_view kBetween = ", ";
  const std::string first = collector.substr(0, collector.find(' '));
  if (first.ends_with(',')) return collector;
  std::size_t parts = 0;
  for (std::size_t begin = 0; begin < collector.size(); ++parts) {
    if (!collector.substr(begin).starts_with(first + " ")) return collector;
    const std::size_t end = collector.find(kBetween, begin);
    begin = end == std::string::npos ? collector.size() : end + kBetween.size();
  }
  return parts > 1 ? first : collector;
}

/// What the trials of a subject say, each different thing once.
std::vector<RuntimeGroup> runtimes_of(const GridRow& row) {
  std::vector<RuntimeGroup> groups;
  for (const journal::Trial* trial : row.trials) {
    if (trial == nullptr || !trial->runtime) continue;
    const journal::RuntimeFacts& facts = *trial->runtime;
    const std::string collector = in_brief(facts.collector);
    const auto heap =
        facts.heap_limit_mib ? std::optional(HeapRange{*facts.heap_limit_mib, *facts.heap_limit_mib}) : std::nullopt;
    auto found = std::ranges::find_if(groups, [&](const RuntimeGroup& group) {
      return group.name == facts.name && group.version == facts.version && group.collector == collector &&
             is_same_heap(group.heap, heap);
    });
    if (found == groups.end()) {
      found = groups.insert(groups.end(), {facts.name, facts.version, collector, heap, {row.subject}});
    } else if (heap) {
      found->heap = HeapRange{std::min(found->heap->low, heap->low), std::max(found->heap->high, heap->high)};
    }
    ++found->trials;
  }
  return groups;
}

void add_runtime(std::vector<RuntimeGroup>& groups, const RuntimeGroup& one) {
  const auto same = std::ranges::find_if(groups, [&](const RuntimeGroup& group) {
    return group.name == one.name && group.version == one.version && group.collector == one.collector &&
           is_same_heap(group.heap, one.heap);
  });
  if (same == groups.end()) {
    groups.push_back(one);
    return;
  }
  if (one.heap) {
    same->heap = HeapRange{std::min(same->heap->low, one.heap->low), std::max(same->heap->high, one.heap->high)};
  }
  same->subjects.insert(same->subjects.end(), one.subjects.begin(), one.subjects.end());
}

/// "java 17.0.9: G1, heap 2000 MiB"
std::string runtime_in_words(const RuntimeGroup& group) {
  std::vector<std::string> facts;
  if (!group.collector.empty()) facts.push_back(group.collector);
  if (group.heap) {
    facts.push_back(group.heap->low == group.heap->high
                        ? fmt::format("heap {} MiB", group.heap->low)
                        : fmt::format("heap {}–{} MiB", group.heap->low, group.heap->high));
  }
  const std::string who = group.version.empty() ? group.name : group.name + " " + group.version;
  return facts.empty() ? who : fmt::format("{}: {}", who, fmt::join(facts, ", "));
}

}  // namespace

std::vector<std::string> runtime_notes(const Grid& grid) {
  std::vector<RuntimeGroup> all;
  std::vector<std::string> notes{""};
  for (const GridRow& row : grid.rows) {
    const std::vector<RuntimeGroup> own = runtimes_of(row);
    std::vector<std::string> different;
    for (const RuntimeGroup& group : own) {
      add_runtime(all, group);
      different.push_back(fmt::format("{} in {}", runtime_in_words(group), counted(group.trials, "block")));
    }
    if (own.size() > 1) {
      notes.push_back(
          fmt::format("{}: its trials ran on different runtimes: {}", row.subject, fmt::join(different, "; ")));
    }
  }
  if (all.empty()) return {};
  std::vector<std::string> parts;
  for (const RuntimeGroup& group : all) {
    // "go 1.19.8 (go)" would say it twice.
    const bool named = group.subjects.size() == 1 && group.subjects.front() == group.name;
    parts.push_back(named ? runtime_in_words(group)
                          : fmt::format("{} ({})", runtime_in_words(group), fmt::join(group.subjects, ", ")));
  }
  notes.front() = fmt::format("runtimes: {}", fmt::join(parts, "; "));
  return notes;
}

}  // namespace bakeoff::report
