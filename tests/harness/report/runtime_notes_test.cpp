// What a table says of its runtimes: versions, collectors and heaps.
#include <gmock/gmock.h>

#include "harness/report/runtime_notes.h"
#include "harness/report/table.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/runtime_rows.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> notes_of(const std::vector<journal::Trial>& rows) {
  std::vector<const journal::Trial*> all;
  for (const journal::Trial& row : rows) all.push_back(&row);
  return runtime_notes(make_grid(all, std::vector<std::string>{}));
}

journal::Trial of_runtime(const std::string& subject, int block, const journal::RuntimeFacts& facts) {
  journal::Trial row = test::server_row({.subject = subject}, block);
  row.runtime = facts;
  return row;
}

journal::RuntimeFacts java(const std::string& version, std::uint64_t heap_mib) {
  return {.name = "java",
          .version = version,
          .cpus = {},
          .threads = {},
          .collector = "G1 Young Generation, G1 Old Generation",
          .heap_limit_mib = heap_mib,
          .flags = {}};
}

TEST(RuntimeNotes, NameVersionCollectorAndHeapAndThoseAlikeTogether) {
  const auto notes = notes_of(test::runtime_rows(2));
  EXPECT_THAT(notes,
              ElementsAre("runtimes: go 1.26.8: concurrent mark and sweep; java 25.0.3: G1, heap 2714–2801 MiB "
                          "(java-nio, java-virtual, java-platform); node 20.20.2: generations, heap 2096 MiB "
                          "(node, node-cluster, node-workers); cpython 3.11.2: reference counts, and a collector "
                          "for cycles (python-asyncio, python-threads, python-prefork, python-processes); ruby "
                          "3.1.2: generations (ruby-threads, ruby-processes); rust 1.63.0 (rust-tokio, "
                          "rust-threads); pypy 7.3.11: generations (pypy-asyncio, pypy-threads, pypy-prefork, "
                          "pypy-processes); java 25.0.3: G1, heap 64 MiB (java-virtual:heap=64)"));
}

TEST(RuntimeNotes, SayWhereASubjectRanOnTwoVersions) {
  EXPECT_THAT(
      notes_of({of_runtime("java-nio", 0, java("17.0.9", 2000)), of_runtime("java-nio", 1, java("17.0.9", 2010)),
                of_runtime("java-nio", 2, java("21.0.1", 2000))}),
      ElementsAre("runtimes: java 17.0.9: G1, heap 2000–2010 MiB (java-nio); java 21.0.1: G1, heap 2000 MiB "
                  "(java-nio)",
                  "java-nio: its trials ran on different runtimes: java 17.0.9: G1, heap 2000–2010 MiB in 2 "
                  "blocks; java 21.0.1: G1, heap 2000 MiB in 1 block"));
}

TEST(RuntimeNotes, AreNotThereWithoutARuntime) {
  EXPECT_THAT(notes_of(test::http_rows(2)), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::report
