// The keys of a table about files and memory, and what comes of them.
#include <gtest/gtest.h>

#include <string>

#include "harness/experiment/plan.h"
#include "harness/experiment/slices.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

const subjects::Inventory kFilesInventory = test::small_inventory();

std::string toml_of(const std::string& table) {
  return "name = \"x\"\nsubjects = [\"threads\", \"fibers\"]\n[[tables]]\nworkload = \"http\"\n" + table;
}

TableSpec table_of(const std::string& table) {
  return parse_spec(toml_of(table), "x.toml", kFilesInventory).tables.at(0);
}

std::string error_of(const std::string& table) {
  try {
    table_of(table);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(FilesSection, ARequestForFilesBringsASetThatIsLargeEnough) {
  const TableSpec table = table_of("request = \"/file/{zipf:200,0.8}\"");
  ASSERT_TRUE(table.files);
  EXPECT_EQ(table.files->count, 200U);
  EXPECT_EQ(table.files->bytes, "fixed:51200");
  EXPECT_EQ(table.files->page_cache, "warm");
  EXPECT_EQ(table_of("request = \"/file/7\"").files->count, 8U);
  EXPECT_EQ(table_of("request = \"/{mix: 1 id, 1 file, 1 file zipf:3000,1}\"").files->count, 3000U);
  EXPECT_FALSE(table_of("request = \"/id/{k}\"").files);
}

TEST(FilesSection, TheRowSaysWhatWasServed) {
  const Spec spec = parse_spec(toml_of("request = \"/file/{zipf:9,1}\"\nfiles = 50\nfile_bytes = \"lognormal:8000,1\"\n"
                                       "memory_mib = 32"),
                               "x.toml", kFilesInventory);
  const Plan plan = make_plan(spec);
  const journal::Trial row = planned_row(plan, plan.trials.at(0));
  ASSERT_TRUE(row.params.files);
  EXPECT_EQ(row.params.files->count, 50U);
  EXPECT_EQ(row.params.files->bytes, "lognormal:8000,1");
  EXPECT_EQ(row.params.files->page_cache, "limited");
  EXPECT_EQ(row.params.memory_mib, 32U);
}

TEST(FilesSection, AColdCacheHasNoWarmUpAndIsNotShared) {
  const std::string request = "request = \"/file/{zipf:9,1}\"\n";
  const Spec cold = parse_spec(toml_of(request + "page_cache = \"cold\""), "x.toml", kFilesInventory);
  EXPECT_EQ(cold.tables[0].warmup_s, 0);
  EXPECT_EQ(why_one_by_one(cold, cold.tables[0], {}), "the subjects would share the page cache");
  const Spec warm = parse_spec(toml_of(request), "x.toml", kFilesInventory);
  EXPECT_EQ(why_one_by_one(warm, warm.tables[0], {}), "");
  const Spec limited = parse_spec(toml_of("memory_mib = 64"), "x.toml", kFilesInventory);
  EXPECT_EQ(why_one_by_one(limited, limited.tables[0], {}), "each subject has a memory limit");
}

TEST(FilesSection, WhatCannotBeIsRefusedInOneLine) {
  const std::string file = "request = \"/file/{zipf:9,1}\"\n";
  EXPECT_EQ(error_of("page_cache = \"cold\""),
            "x.toml:5: tables[0].page_cache: found \"cold\", expected it only beside a request for files: "
            "/file/{zipf:1000,0.8}");
  EXPECT_EQ(error_of(file + "files = 8"),
            "x.toml:6: tables[0].files: found 8, expected a whole number from 9 to 1000000");
  EXPECT_EQ(error_of(file + "file_bytes = \"3 MiB\""),
            "x.toml:6: tables[0].file_bytes: found \"3 MiB\", expected sizes of files (files: a size is drawn "
            "fixed:BYTES, exponential:MEAN_BYTES or lognormal:MEDIAN_BYTES,SIGMA, found \"3 MiB\")");
  EXPECT_EQ(error_of(file + "page_cache = \"hot\""),
            "x.toml:6: tables[0].page_cache: found \"hot\", expected one of warm, cold");
  EXPECT_EQ(error_of(file + "page_cache = \"cold\"\nwarmup_s = 1"),
            "x.toml:7: tables[0].warmup_s: found 1, expected 0 beside page_cache = \"cold\": a warm-up would fill the "
            "cache");
  EXPECT_EQ(error_of(file + "page_cache = \"warm\"\nmemory_mib = 64"),
            "x.toml:6: tables[0].page_cache: found \"warm\", expected none beside memory_mib: the cache is what that "
            "leaves");
  EXPECT_EQ(error_of("memory_mib = 1"),
            "x.toml:5: tables[0].memory_mib: found 1, expected a whole number from 4 to 1048576");
}

}  // namespace
}  // namespace bakeoff::experiment
