#include "harness/experiment/files_section.h"

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/measure/plain_text.h"
#include "workloads/catalogue.h"
#include "workloads/file_set.h"

namespace bakeoff::experiment {
namespace {

constexpr std::array<std::string_view, 3> kFileKeys{"files", "file_bytes", "page_cache"};
const std::vector<std::string> kPageCaches{"warm", "cold"};

std::uint64_t files_asked(const TableSpec& table) {
  const workloads::WorkloadEntry* entry = workloads::find_workload(table.work);
  return entry != nullptr && entry->files_asked != nullptr ? entry->files_asked(table.load.request) : 0;
}

}  // namespace

void read_files_section(const input::TomlSection& section, TableSpec& table) {
  const std::uint64_t asked = files_asked(table);
  if (asked == 0) {
    for (const std::string_view key : kFileKeys) {
      if (section.has(key))
        section.fail(key, section.shown(key), "it only beside a request for files: /file/{zipf:1000,0.8}");
    }
    return;
  }
  const workloads::FileSet usual;
  journal::FilesFacts files{.count = asked, .bytes = usual.bytes, .page_cache = "warm"};
  if (asked > workloads::kMostFiles) {
    section.fail("request", measure::in_quotes(table.load.request),
                 "a file below " + std::to_string(workloads::kMostFiles));
  }
  files.count = section.whole("files", asked, workloads::kMostFiles).value_or(asked);
  files.bytes = section.text("file_bytes", "a size, or how sizes are drawn").value_or(files.bytes);
  try {
    static_cast<void>(workloads::FileSizes({.count = files.count, .bytes = files.bytes}));
  } catch (const std::invalid_argument& error) {
    section.fail("file_bytes", measure::in_quotes(files.bytes), std::string("sizes of files (") + error.what() + ")");
  }
  files.page_cache = section.name("page_cache", kPageCaches).value_or(files.page_cache);
  if (table.memory_mib) {
    if (section.has("page_cache")) {
      section.fail("page_cache", section.shown("page_cache"), "none beside memory_mib: the cache is what that leaves");
    }
    files.page_cache = "limited";
  }
  if (files.page_cache == "cold") {
    if (section.has("warmup_s") && table.warmup_s > 0) {
      section.fail("warmup_s", section.shown("warmup_s"),
                   "0 beside page_cache = \"cold\": a warm-up would fill the cache");
    }
    table.warmup_s = 0;
  }
  table.files = files;
}

}  // namespace bakeoff::experiment
