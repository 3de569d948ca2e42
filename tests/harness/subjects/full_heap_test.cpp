#include "harness/subjects/full_heap.h"

#include <gtest/gtest.h>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {
namespace {

HeapWords heap_of(const std::map<std::string, std::string>& set, std::optional<std::uint64_t> memory_mib,
                  std::optional<std::uint64_t> heap_mib = std::nullopt) {
  auto foreign = std::make_shared<ForeignServer>();
  foreign->out_of_memory = {"OutOfMemoryError", "heap out of memory"};
  Subject subject;
  subject.foreign = foreign;
  subject.set = set;
  journal::Params params;
  params.memory_mib = memory_mib;
  params.heap_mib = heap_mib;
  return heap_words_of(subject, params);
}

TEST(FullHeap, IsTheFirstLineThatHasOneOfTheWordsBehindTheCap) {
  const HeapWords heap = heap_of({{"heap", "8"}}, std::nullopt);
  EXPECT_EQ(why_heap_is_full(heap, "ready\njava.lang.OutOfMemoryError: Java heap space\n  at Server.run\n"),
            "heap = 8 MiB: java.lang.OutOfMemoryError: Java heap space");
  EXPECT_EQ(why_heap_is_full(heap, "FATAL ERROR: JavaScript heap out of memory"),
            "heap = 8 MiB: FATAL ERROR: JavaScript heap out of memory")
      << "a last line without its end";
  EXPECT_EQ(why_heap_is_full(heap, "segmentation fault\n"), "");
  EXPECT_EQ(why_heap_is_full(heap, R"({"ready":true,"runtime":{"flags":["-XX:+ExitOnOutOfMemoryError"]}})"), "");
  EXPECT_EQ(why_heap_is_full(heap, ""), "");
  EXPECT_EQ(why_heap_is_full({}, "java.lang.OutOfMemoryError\n"), "") << "a manifest without the key";
}

TEST(FullHeap, NamesEveryCapThereIs) {
  EXPECT_EQ(heap_of({}, 32).cap, "memory_mib = 32 MiB");
  EXPECT_EQ(heap_of({{"heap", "8"}}, 32).cap, "heap = 8 MiB, memory_mib = 32 MiB");
  EXPECT_EQ(heap_of({}, std::nullopt, 16).cap, "heap_mib = 16 MiB");
  EXPECT_EQ(heap_of({}, 32, 16).cap, "heap_mib = 16 MiB, memory_mib = 32 MiB");
  EXPECT_EQ(heap_of({{"server", "raw"}}, std::nullopt).cap, "its heap");
}

}  // namespace
}  // namespace bakeoff::subjects
