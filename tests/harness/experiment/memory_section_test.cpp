// The keys of a table about memory, and what comes of them.
#include "harness/experiment/memory_section.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/experiment/plan.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

/// The models, and a runtime whose heap can be limited to 8 MiB at the least.
subjects::Inventory inventory_with_heap() {
  subjects::Inventory inventory = test::small_inventory();
  subjects::Subject runtime = test::named_subject("rt");
  auto foreign = std::make_shared<subjects::ForeignServer>();
  foreign->serves["http"] = {"*"};
  foreign->says_ready = true;
  runtime.foreign = foreign;
  runtime.settings = {{.name = "heap", .meaning = "MiB", .default_value = "", .least = 8, .most = 1000}};
  inventory.subjects.push_back(runtime);
  return inventory;
}

const subjects::Inventory kMemoryInventory = inventory_with_heap();

Spec memory_spec_of(const std::string& table, const std::string& subjects = "\"rt\"") {
  return parse_spec("name = \"x\"\nsubjects = [" + subjects + "]\n[[tables]]\n" + table, "x.toml", kMemoryInventory);
}

std::string memory_error_of(const std::string& table, const std::string& subjects = "\"rt\"") {
  try {
    memory_spec_of(table, subjects);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

journal::Trial first_planned_row(const Spec& spec) {
  const Plan plan = make_plan(spec);
  return planned_row(plan, plan.trials.at(0));
}

TEST(MemorySection, TheRowSaysWhatTheSubjectMayHave) {
  const journal::Trial row = first_planned_row(
      memory_spec_of("workload = \"http\"\nheap_mib = 64\nmemory_mib = 128\nrest_s = 0.5\np99_limit_ms = 20"));
  EXPECT_EQ(row.params.heap_mib, 64U);
  EXPECT_EQ(row.params.memory_mib, 128U);
  EXPECT_EQ(row.params.rest_s, 0.5);
  EXPECT_EQ(row.params.p99_limit_ms, 20);
  const journal::Trial plain = first_planned_row(memory_spec_of("workload = \"http\""));
  EXPECT_FALSE(plain.params.heap_mib || plain.params.memory_mib || plain.params.rest_s || plain.params.p99_limit_ms);
}

TEST(MemorySection, ACurveIsASweepOverTheLimit) {
  const Spec spec = memory_spec_of("workload = \"http\"\nheap_mib = [8, 64]");
  ASSERT_EQ(spec.tables.size(), 2U);
  EXPECT_EQ(spec.tables[0].name, "http-8");
  EXPECT_EQ(spec.tables[1].heap_mib, 64U);
}

TEST(MemorySection, WhatCannotBeIsRefusedInOneLine) {
  EXPECT_EQ(memory_error_of("workload = \"http\"\nheap_mib = 64", "\"rt\", \"threads\""),
            "x.toml:5: tables[0].heap_mib: found 64, expected it only beside runtimes whose heap can be limited: "
            "\"threads\": its heap cannot be limited");
  EXPECT_EQ(memory_error_of("workload = \"http\"\nheap_mib = 64", "\"rt:heap=32\""),
            "x.toml:5: tables[0].heap_mib: found 64, expected it only beside runtimes whose heap can be limited: "
            "\"rt:heap=32\": its name limits the heap already");
  EXPECT_EQ(memory_error_of("workload = \"http\"\nheap_mib = 4"),
            "x.toml:5: tables[0].heap_mib: found 4, expected it only beside runtimes whose heap can be limited: "
            "\"rt\": its heap has 8 MiB at least");
  EXPECT_EQ(memory_error_of("workload = \"http\"\nrest_s = 0"),
            "x.toml:5: tables[0].rest_s: found 0, expected a number of seconds from 0.05 to 600");
  EXPECT_EQ(memory_error_of("workload = \"http\"\np99_limit_ms = \"fast\""),
            "x.toml:5: tables[0].p99_limit_ms: found \"fast\", expected a number of milliseconds from 0.001 to 600000");
}

TEST(StartupTable, HasServersAndNoLoad) {
  const Spec spec = memory_spec_of("startup = \"http\"", "\"rt\", \"threads\"");
  const TableSpec& table = spec.tables.at(0);
  EXPECT_EQ(table.name, "startup");
  EXPECT_EQ(table.work, "http");
  EXPECT_TRUE(table.is_startup() && table.has_servers() && table.has_load() && !table.is_served());
  const journal::Trial row = first_planned_row(spec);
  EXPECT_EQ(row.params.kind, journal::TrialKind::startup);
  EXPECT_EQ(load_word(row.params), "startup");
  EXPECT_EQ(row.params.rest_s, 1);
  EXPECT_EQ(first_planned_row(memory_spec_of("startup = \"http\"\nrest_s = 3")).params.rest_s, 3);
}

TEST(StartupTable, RefusesWhatIsOfALoad) {
  EXPECT_EQ(
      memory_error_of("startup = \"http\"\nconnections = 4"),
      "x.toml:5: tables[0].connections: found 4, expected it only beside a workload or a job: a start has no load");
  EXPECT_EQ(memory_error_of("startup = \"htp\""),
            "x.toml:4: tables[0].startup: found \"htp\", expected one of echo, http, counter; did you mean \"http\"?");
  EXPECT_EQ(
      memory_error_of("startup = \"http\"", "\"process\""),
      "x.toml:3: tables[0].subjects: found \"process\", expected a model or a server: an executor runs jobs only");
}

}  // namespace
}  // namespace bakeoff::experiment
