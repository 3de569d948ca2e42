#include "harness/experiment/spec.h"

#include <gmock/gmock.h>

#include "harness/experiment/plan.h"
#include "harness/input/input_error.h"
#include "harness/subjects/inventory_names.h"
#include "harness/subjects/subject.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

const subjects::Inventory kSpecInventory = test::small_inventory();
const std::vector<std::string> kSpecModels = subjects::model_names(kSpecInventory);

std::string error_of(std::string_view toml) {
  try {
    parse_spec(toml, "x.toml", kSpecInventory);
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

struct BadSpec {
  std::string_view toml;
  std::string_view message;
};

// Every case is one fault in an otherwise good file, and the whole message.
const std::vector<BadSpec> kBad{
    {"", "x.toml:1: name: found nothing, expected the name of the experiment"},
    {"name = 5", "x.toml:1: name: found 5, expected 1 to 40 small letters, digits and hyphens"},
    {"name = \"My Run\"", "x.toml:1: name: found \"My Run\", expected 1 to 40 small letters, digits and hyphens"},
    {"name = \"../up\"", "x.toml:1: name: found \"../up\", expected 1 to 40 small letters, digits and hyphens"},
    {"name = \"x\"\nquestion = 3", "x.toml:2: question: found 3, expected a text"},
    {"name = \"x\"\nblock = 3",
     "x.toml:2: block: found an unknown key, expected one of name, question, subjects, baseline, blocks, "
     "precision, most_blocks, seed, budget_s, tables; did you mean \"blocks\"?"},
    {"name = \"x\"\nzebra = 1\napple = 1",
     "x.toml:2: zebra: found an unknown key, expected one of name, question, subjects, baseline, blocks, "
     "precision, most_blocks, seed, budget_s, tables"},
    {"name = \"x\"", "x.toml:1: tables: found nothing, expected one [[tables]] or more"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\nrequest = \"/wait/{gaussian:5}\"",
     "x.toml:4: tables[0].request: found \"/wait/{gaussian:5}\", expected a request that the workload knows (http: a "
     "wait is drawn fixed:US, exponential:MEAN_US or lognormal:MEDIAN_US,SIGMA, found \"gaussian:5\")"},
    {"name = \"x\"\ntables = 1", "x.toml:2: tables: found 1, expected one [[tables]] or more"},
    {"name = \"x\"\ntables = []", "x.toml:2: tables: found an empty array, expected one [[tables]] or more"},
    {"name = \"x\"\ntables = [1]", "x.toml:2: tables[0]: found 1, expected a table"},
    {"name = \"x\"\nsubjects = \"threads\"",
     "x.toml:2: subjects: found \"threads\", expected an array of names of threads, prefork, fibers, event-loop"},
    {"name = \"x\"\nsubjects = []",
     "x.toml:2: subjects: found an empty array, expected an array of names of threads, prefork, fibers, event-loop"},
    {"name = \"x\"\nsubjects = [\"threads\",\n 7]", "x.toml:3: subjects[1]: found 7, expected a text"},
    {"name = \"x\"\nsubjects = [\n\"threads\",\n\"thread\"]",
     "x.toml:4: subjects[1]: found \"thread\", expected one of threads, prefork, fibers, event-loop; did you mean "
     "\"threads\"?"},
    {"name = \"x\"\nsubjects = [\"fibers\", \"fibers\"]",
     "x.toml:2: subjects[1]: found \"fibers\" twice, expected each subject once"},
    {"name = \"x\"\nsubjects = [\"fibers\"]\nbaseline = \"threads\"",
     "x.toml:3: baseline: found \"threads\", expected one of fibers"},
    {"name = \"x\"\nbaseline = \"event_loop\"\n[[tables]]\nworkload = \"echo\"",
     "x.toml:2: baseline: found \"event_loop\", expected one of threads, prefork, fibers, event-loop; did you mean "
     "\"event-loop\"?"},
    {"name = \"x\"\nblocks = 0", "x.toml:2: blocks: found 0, expected a whole number from 1 to 10000"},
    {"name = \"x\"\nblocks = -8", "x.toml:2: blocks: found -8, expected a whole number from 1 to 10000"},
    {"name = \"x\"\nblocks = 8.0", "x.toml:2: blocks: found 8.0, expected a whole number from 1 to 10000"},
    {"name = \"x\"\nblocks = \"8\"", "x.toml:2: blocks: found \"8\", expected a whole number from 1 to 10000"},
    {"name = \"x\"\nblocks = true", "x.toml:2: blocks: found true, expected a whole number from 1 to 10000"},
    {"name = \"x\"\nprecision = 2", "x.toml:2: precision: found 2, expected a share of the ratio from 0.001 to 1"},
    {"name = \"x\"\nmost_blocks = 20", "x.toml:2: most_blocks: found 20, expected it only beside precision"},
    {"name = \"x\"\nblocks = 10\nprecision = 0.02\nmost_blocks = 9",
     "x.toml:4: most_blocks: found 9, expected a whole number from 10 to 10000"},
    {"name = \"x\"\nseed = -1", "x.toml:2: seed: found -1, expected a whole number from 0 to 9223372036854775807"},
    {"name = \"x\"\nbudget_s = \"3m\"",
     "x.toml:2: budget_s: found \"3m\", expected a number of seconds from 1 to 604800"},
    {"name = \"x\"\nbudget_s = nan", "x.toml:2: budget_s: found nan, expected a number of seconds from 1 to 604800"},
    {"name = \"x\"\n[[tables]]",
     "x.toml:2: tables[0].workload: found neither workload nor job, expected either a workload (echo, http, counter) "
     "or a job (count) or a queue (wait:exponential:2000, work:100000) or a startup (of a workload's server)"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\njob = \"count\"",
     "x.toml:4: tables[0].job: found both, expected either a workload (echo, http, counter) or a job (count) or "
     "a queue (wait:exponential:2000, work:100000) or a startup (of a workload's server)"},
    {"name = \"x\"\n[[tables]]\nworkload = \"htp\"",
     "x.toml:3: tables[0].workload: found \"htp\", expected one of echo, http, counter; did you mean \"http\"?"},
    {"name = \"x\"\n[[tables]]\njob = \"sudoku\"", "x.toml:3: tables[0].job: found \"sudoku\", expected one of count"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\n[[tables]]\nworkload = \"echo\"",
     "x.toml:4: tables[1].name: found \"echo\" twice, expected a name of its own for each table"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nconections = 4",
     "x.toml:4: tables[0].conections: found an unknown key, expected one of name, workload, job, probe, subjects, "
     "connections, pipeline, message_bytes, request, units, size, load, rate_rps, ramp_to_rps, arrivals, churn, idle, "
     "slow_senders, slow_readers, timeout_s, window_s, warmup_s, placement, idle_asks, share, files, file_bytes, "
     "page_cache, memory_mib, heap_mib, rest_s, p99_limit_ms, think_us, session_requests, back_end, back_end_delay_us, "
     "pool, call_timeout_ms, queue, "
     "jobs, acknowledge, "
     "kill, warm_up, startup, transport; did you mean \"connections\"?"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\ntransport = \"udp\"",
     "x.toml:4: tables[0].transport: found \"udp\", expected one of tcp, unix"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\npool = 4",
     "x.toml:4: tables[0].pool: found 4, expected it only beside a request that calls: /call/{k}"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\nrequest = \"/call/{k}\"\npool = 0",
     "x.toml:5: tables[0].pool: found 0, expected a whole number from 1 to 10000"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\nrequest = \"/call/{k}\"\nback_end = \"oracle\"",
     "x.toml:5: tables[0].back_end: found \"oracle\", expected one of http"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nconnections = 0",
     "x.toml:4: tables[0].connections: found 0, expected a whole number from 1 to 1000000"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\npipeline = 10001",
     "x.toml:4: tables[0].pipeline: found 10001, expected a whole number from 1 to 10000"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nwindow_s = 0",
     "x.toml:4: tables[0].window_s: found 0, expected a number of seconds from 0.05 to 3600"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nwarmup_s = -0.5",
     "x.toml:4: tables[0].warmup_s: found -0.5, expected a number of seconds from 0 to 600"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nunits = \"many\"",
     "x.toml:4: tables[0].units: found \"many\", expected a whole number from 1 to 1000000, or \"cpus\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nunits = 0",
     "x.toml:4: tables[0].units: found 0, expected a whole number from 1 to 1000000"},
    {"name = \"x\"\nsubjects = [\"prefork\", \"event-loop\"]\n[[tables]]\nworkload = \"echo\"\nunits = 4",
     "x.toml:5: tables[0].units: found 4, expected 1: of event-loop they are loops, always 1"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nsubjects = [\"prefork\"]\nunits = 10001",
     "x.toml:5: tables[0].units: found 10001, expected a whole number from 1 to 10000: of prefork they are worker "
     "processes"},
    {"name = \"x\"\nsubjects = [\"event-loop\", \"prefork\"]\n[[tables]]\njob = \"count\"\nunits = 20000",
     "x.toml:5: tables[0].units: found 20000, expected a whole number from 1 to 10000: of prefork they are those of "
     "the "
     "executor process"},
    {"name = \"x\"\nsubjects = [\"fibers\"]\n[[tables]]\nworkload = \"echo\"\nsubjects = [\"threads\"]",
     "x.toml:5: tables[0].subjects[0]: found \"threads\", expected one of fibers"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nsubjects = []",
     "x.toml:4: tables[0].subjects: found an empty array, expected an array of names of threads, prefork, fibers, "
     "event-loop"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nsubjects = [\"fibers\", \"fibers\"]",
     "x.toml:4: tables[0].subjects[1]: found \"fibers\" twice, expected each subject once"},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\nmessage_bytes = 64",
     "x.toml:4: tables[0].message_bytes: found 64, expected it only beside workload \"echo\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"http\"\nsize = 64",
     "x.toml:4: tables[0].size: found 64, expected it only beside a job"},
    {"name = \"x\"\n[[tables]]\njob = \"count\"\nwindow_s = 1.0",
     "x.toml:4: tables[0].window_s: found 1.0, expected it only beside a workload; a job has units and size"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"opn\"",
     "x.toml:4: tables[0].load: found \"opn\", expected one of closed, open; did you mean \"open\"?"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"",
     "x.toml:2: tables[0].rate_rps: found nothing, expected the rate of the open load"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nrate_rps = 5",
     "x.toml:4: tables[0].rate_rps: found 5, expected it only beside load = \"open\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"closed\"\narrivals = \"poisson\"",
     "x.toml:5: tables[0].arrivals: found \"poisson\", expected it only beside load = \"open\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 9\nthink_us = \"fixed:1\"",
     "x.toml:6: tables[0].think_us: found \"fixed:1\", expected it only beside load = \"closed\" or session_requests"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nsession_requests = \"fixed:2\"",
     "x.toml:4: tables[0].session_requests: found \"fixed:2\", expected it only beside load = \"open\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 9\nsession_requests = \"two\"",
     "x.toml:6: tables[0].session_requests: found \"two\", expected how many they are (the requests of a "
     "session are fixed:N or geometric:MEAN, from 1 to 100000: found \"two\")"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 9\nsession_requests = "
     "\"fixed:2\"\nchurn = true",
     "x.toml:7: tables[0].churn: found true, expected it without session_requests: a session keeps its connection"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 9\nsession_requests = "
     "\"fixed:2\"\npipeline = 2",
     "x.toml:7: tables[0].pipeline: found 2, expected 1 beside session_requests: a user waits for each reply"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nthink_us = \"1 s\"",
     "x.toml:4: tables[0].think_us: found \"1 s\", expected how it is drawn (a think time is drawn fixed:US, "
     "exponential:MEAN_US or lognormal:MEDIAN_US,SIGMA, found \"1 s\")"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nramp_to_rps = 5",
     "x.toml:4: tables[0].ramp_to_rps: found 5, expected it only beside load = \"open\""},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 0",
     "x.toml:5: tables[0].rate_rps: found 0, expected a number of requests per second from 0.1 to 10000000"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nload = \"open\"\nrate_rps = 9\narrivals = \"even\"",
     "x.toml:6: tables[0].arrivals: found \"even\", expected one of constant, poisson"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nchurn = 1",
     "x.toml:4: tables[0].churn: found 1, expected true or false"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nchurn = true\npipeline = 2",
     "x.toml:5: tables[0].pipeline: found 2, expected 1 beside churn: a connection has one request"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nidle = 1000001",
     "x.toml:4: tables[0].idle: found 1000001, expected a whole number from 0 to 1000000"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\ntimeout_s = 0",
     "x.toml:4: tables[0].timeout_s: found 0, expected a number of seconds from 0.01 to 600"},
    {"name = \"x\"\n[[tables]]\njob = \"count\"\nidle = 10",
     "x.toml:4: tables[0].idle: found 10, expected it only beside a workload; a job has units and size"},
    {"name = \"x\"\n[[tables]]\njob = \"count\"\nidle_asks = true",
     "x.toml:4: tables[0].idle_asks: found true, expected it only beside a workload; a job has units and size"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nplacement = \"one-cpus\"",
     "x.toml:4: tables[0].placement: found \"one-cpus\", expected one of apart, one-cpu; did you mean \"one-cpu\"?"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nidle_asks = true",
     "x.toml:4: tables[0].idle_asks: found true, expected it only beside idle"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nidle = 0\nidle_asks = true",
     "x.toml:5: tables[0].idle_asks: found true, expected it only beside idle"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nidle = 5\nidle_asks = 1",
     "x.toml:5: tables[0].idle_asks: found 1, expected true or false"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nrequest = \"line\"",
     "x.toml:4: tables[0].request: found \"line\", expected a request that the workload knows (echo: expected lines or "
     "no request, found \"line\")"},
    {"name = \"x\"\n[[tables]]\nworkload = \"echo\"\nrequest = [\"a\"]",
     "x.toml:4: tables[0].request: found an array, expected a text"},
};

TEST(Spec, EveryFaultIsOneLineWithFileKeyFindingAndExpectation) {
  for (const BadSpec& bad : kBad) EXPECT_EQ(error_of(bad.toml), bad.message) << bad.toml;
}

TEST(Spec, BrokenTomlNamesTheLine) {
  const std::string message = error_of("name = \"x\"\nblocks = \n");
  EXPECT_THAT(message, testing::StartsWith("x.toml:2: no TOML: "));
  EXPECT_THAT(message, testing::Not(testing::HasSubstr("\n")));
  EXPECT_THAT(error_of("name = \"x\"\nname = \"y\"\n"), testing::StartsWith("x.toml:2: no TOML: "));
}

TEST(Spec, AMessageStaysOneLineWhateverTheValueHolds) {
  EXPECT_EQ(error_of("name = \"a\\nb\\u0007\\\"\""),
            "x.toml:1: name: found \"a\\nb?\\\"\", expected 1 to 40 small letters, digits and hyphens");
}

TEST(Spec, DefaultsAreThoseOfTheReadme) {
  const Spec spec = parse_spec("name = \"x\"\n[[tables]]\nworkload = \"http\"\n[[tables]]\njob = \"count\"\n", "x.toml",
                               kSpecInventory);
  EXPECT_EQ(spec.subjects, kSpecModels);
  EXPECT_EQ(spec.baseline, "threads");
  EXPECT_EQ(spec.blocks, 8u);
  EXPECT_EQ(spec.seed, 1u);
  EXPECT_FALSE(spec.budget_s);
  ASSERT_EQ(spec.tables.size(), 2u);
  EXPECT_EQ(spec.tables[0].name, "http");
  EXPECT_EQ(spec.tables[0].load.connections, 64u);
  EXPECT_EQ(spec.tables[0].load.pipeline, 1u);
  EXPECT_EQ(spec.tables[0].load.message_bytes, 64u);
  EXPECT_EQ(spec.tables[0].window_s, 1.0);
  EXPECT_EQ(spec.tables[0].warmup_s, 0.25);
  EXPECT_FALSE(spec.tables[0].load.is_open());
  EXPECT_FALSE(spec.tables[0].load.churn);
  EXPECT_EQ(spec.tables[0].load.connections_beside(), 0u);
  EXPECT_EQ(spec.tables[0].timeout_s, 5.0);
  EXPECT_EQ(spec.tables[0].transport, journal::Transport::tcp);
  EXPECT_FALSE(spec.tables[0].one_cpu);
  EXPECT_FALSE(spec.tables[0].load.idle_asks);
  EXPECT_FALSE(spec.tables[0].units);
  EXPECT_EQ(spec.tables[1].name, "count");
  EXPECT_EQ(spec.tables[1].kind, journal::TrialKind::job);
  EXPECT_EQ(spec.tables[1].units, subjects::kOneUnitPerCpu);
}

TEST(Spec, ReadsEveryKey) {
  const Spec spec = parse_spec(R"(
name = "full"
question = "why?"
subjects = ["fibers", "threads"]
baseline = "threads"
blocks = 12
seed = 77
budget_s = 90
[[tables]]
name = "big"
workload = "echo"
subjects = ["threads"]
connections = 7
pipeline = 3
message_bytes = 1000
units = 4
window_s = 2
warmup_s = 0
[[tables]]
workload = "counter"
request = "get/a"
units = "cpus"
[[tables]]
job = "count"
units = 9
size = 1000
[[tables]]
name = "open"
workload = "http"
load = "open"
rate_rps = 2000
ramp_to_rps = 4000.5
arrivals = "poisson"
churn = true
idle = 1000
idle_asks = true
slow_senders = 3
slow_readers = 2
transport = "unix"
timeout_s = 0.5
placement = "one-cpu"
)",
                               "x.toml", kSpecInventory);
  EXPECT_EQ(spec.name, "full");
  EXPECT_EQ(spec.question, "why?");
  EXPECT_EQ(spec.subjects, (std::vector<std::string>{"fibers", "threads"}));
  EXPECT_EQ(spec.baseline, "threads");
  EXPECT_EQ(spec.blocks, 12u);
  EXPECT_EQ(spec.seed, 77u);
  EXPECT_EQ(spec.budget_s, 90.0);
  EXPECT_EQ(spec.tables[0].name, "big");
  EXPECT_EQ(spec.tables[0].subjects, std::vector<std::string>{"threads"});
  EXPECT_TRUE(spec.tables[1].subjects.empty());
  EXPECT_EQ(spec.tables[0].load.connections, 7u);
  EXPECT_EQ(spec.tables[0].load.pipeline, 3u);
  EXPECT_EQ(spec.tables[0].load.message_bytes, 1000u);
  EXPECT_EQ(spec.tables[0].units, 4u);
  EXPECT_EQ(spec.tables[0].window_s, 2.0);
  EXPECT_EQ(spec.tables[0].warmup_s, 0.0);
  EXPECT_EQ(spec.tables[1].load.request, "get/a");
  EXPECT_EQ(spec.tables[1].units, subjects::kOneUnitPerCpu);
  EXPECT_EQ(spec.tables[2].units, 9u);
  EXPECT_EQ(spec.tables[2].size, 1000u);
  EXPECT_TRUE(spec.tables[3].load.is_open());
  EXPECT_EQ(spec.tables[3].load.rate_rps, 2000);
  EXPECT_EQ(spec.tables[3].load.ramp_to_rps, 4000.5);
  EXPECT_TRUE(spec.tables[3].load.poisson);
  EXPECT_TRUE(spec.tables[3].load.churn);
  EXPECT_EQ(spec.tables[3].load.idle, 1000u);
  EXPECT_TRUE(spec.tables[3].load.idle_asks);
  EXPECT_TRUE(spec.tables[3].one_cpu);
  EXPECT_EQ(spec.tables[3].load.slow_senders, 3u);
  EXPECT_EQ(spec.tables[3].load.slow_readers, 2u);
  EXPECT_EQ(spec.tables[3].transport, journal::Transport::unix_socket);
  EXPECT_EQ(spec.tables[3].timeout_s, 0.5);
}

TEST(Spec, TheWarmUpIsFixedWhereTheCostOfASliceDependsOnTheDraw) {
  const auto is_fixed = [](const std::string& keys) {
    return parse_spec("name = \"x\"\n[[tables]]\nworkload = \"http\"\n" + keys, "x.toml", kSpecInventory)
        .tables.at(0)
        .fixed_warm_up;
  };
  EXPECT_FALSE(is_fixed(""));
  EXPECT_FALSE(is_fixed("request = \"/wait/{exponential:2000}\""));
  EXPECT_TRUE(is_fixed("request = \"/{mixed:0.02,20000}\""));
  EXPECT_TRUE(is_fixed("request = \"/{mix: 0.5 id, 0.5 work 2000}\""));
  EXPECT_FALSE(is_fixed("request = \"/{mixed:0.02,20000}\"\nwarm_up = \"steady\"")) << "a table may say otherwise";
  EXPECT_TRUE(is_fixed("warm_up = \"fixed\""));
}

TEST(Spec, PlacedApartIsWhatATableIsAnyway) {
  const Spec spec =
      parse_spec("name = \"x\"\n[[tables]]\nworkload = \"echo\"\nplacement = \"apart\"\nidle_asks = false\n", "x.toml",
                 kSpecInventory);
  EXPECT_FALSE(spec.tables[0].one_cpu);
  EXPECT_FALSE(spec.tables[0].load.idle_asks);
}

TEST(Spec, TheShippedQuickExperimentIsGoodAndFitsItsTime) {
  const Spec spec = read_spec(BAKEOFF_SOURCE_DIR "/harness/experiment/quick.toml", kSpecInventory);
  EXPECT_EQ(spec.subjects, kSpecModels);
  EXPECT_EQ(spec.blocks, 24u);
  const Plan plan = make_plan(spec);
  EXPECT_LT(estimate_s(plan.spec, plan.spec.blocks), 180);
  double first = 0;
  for (const PlannedTrial& trial : plan.trials) {
    if (trial.table == 0) first += estimate_s(spec, spec.tables[0]);
  }
  EXPECT_LT(first, 60);
}

TEST(Spec, AFileThatCannotBeReadSaysWhy) {
  EXPECT_THROW(
      {
        try {
          read_spec("/nowhere/x.toml", kSpecInventory);
        } catch (const input::InputError& error) {
          EXPECT_STREQ(error.what(), "/nowhere/x.toml: cannot be read: No such file or directory");
          throw;
        }
      },
      input::InputError);
  EXPECT_THROW(read_spec("/", kSpecInventory), input::InputError);
}

}  // namespace
}  // namespace bakeoff::experiment
