// What people write as TOML: manifests of programs, experiments, claims, profiles of services.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "harness/claims/claim_file.h"
#include "harness/decide/expectation.h"
#include "harness/decide/profile.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::fuzz::targets {
namespace {

// A short key may stand for a table, a list and its text for messages.
constexpr std::size_t kFixed = 4UL << 20, kPerByte = 4096;

const subjects::Inventory& inventory() {
  static const subjects::Inventory made = test::small_inventory();
  return made;
}

}  // namespace

void manifest(std::string_view input) {
  // Nothing lies beside it, so that no file of this machine is read.
  static const subjects::ScratchFolder scratch;
  static const std::filesystem::path file = scratch.path() / subjects::kManifestName;
  const PeakMemory memory;
  const auto subject =
      read_or_refuse<input::InputError>([&] { return subjects::parse_subject(input, file, inventory()); });
  if (subject) {
    require(!subject->name.empty() && subject->name.find('/') == std::string::npos,
            "a subject's name is one of a file");
    require(subject->default_units <= subject->max_units || subject->default_units == subjects::kOneUnitPerCpu,
            "a subject has no more units than it can have");
  }
  memory.require_at_most(kFixed, kPerByte, input.size());
}

void experiment(std::string_view input) {
  const PeakMemory memory;
  const auto parse = [&](std::span<const std::string> set) {
    return experiment::parse_spec(
        input, "x.toml", inventory(), [](const std::string& line) { require_one_line(line); }, set);
  };
  static const std::vector<std::string> kSet{"connections=3", "window_s=0.5"};
  const auto spec = read_or_refuse<input::InputError>([&] { return parse({}); });
  read_or_refuse<input::InputError>([&] { return parse(kSet); });
  if (spec) {
    require(!spec->tables.empty(), "an experiment has a table");
    require(spec->blocks >= 1 && most_blocks(*spec) <= experiment::kMostBlocks, "a table has some blocks, and an end");
    for (const experiment::TableSpec& table : spec->tables) {
      const auto& subjects = subjects_of(*spec, table);
      require(!subjects.empty(), "a table has a subject");
      require(std::ranges::count(subjects, baseline_of(*spec, table)) != 0, "a table has its baseline");
      require(std::isfinite(table.window_s) && table.window_s > 0, "a window has a length");
    }
  }
  memory.require_at_most(kFixed, kPerByte, input.size());
}

void claims(std::string_view input) {
  const PeakMemory memory;
  const auto read = read_or_refuse<input::InputError>([&] { return claims::parse_claims(input, "x.toml"); });
  for (const claims::Claim& claim : read.value_or(std::vector<claims::Claim>())) {
    for (const claims::ClaimCell& cell : claim.cells) {
      require(cell.is.range.low <= cell.is.range.high, "a claim is true between two numbers");
    }
  }
  memory.require_at_most(kFixed, kPerByte, input.size());
}

void profile(std::string_view input) {
  SessionInput text(input);
  constexpr std::size_t kVariants = 3;
  const std::string bytes(text.bytes());
  switch (text.variant(kVariants)) {
    case 0: {
      const auto read = read_or_refuse<input::InputError>(
          [&] { return decide::read_profile(decide::words_of_toml(bytes, "x.toml")); });
      if (!read) return;
      require_round_trip(
          decide::to_toml(*read),
          [](const std::string& toml) { return decide::read_profile(decide::words_of_toml(toml, "x.toml")); },
          [](const decide::Profile& again) { return decide::to_toml(again); });
      decide::to_options(*read);
      decide::traffic_in_words(*read);
      decide::limits_in_words(*read);
      break;
    }
    case 1: {
      const auto mix = read_or_refuse<input::InputError>([&] { return decide::parse_mix("--mix", bytes); });
      if (!mix) return;
      require_round_trip(
          decide::to_text(*mix), [](const std::string& written) { return decide::parse_mix("--mix", written); },
          [](const decide::RequestMix& again) { return decide::to_text(again); });
      decide::mix_in_words(*mix);
      decide::request_of(*mix, 1000);
      break;
    }
    default: {
      const auto expected = read_or_refuse<input::InputError>([&] { return decide::parse_expectation(bytes); });
      if (expected) require(std::isfinite(expected->limit), "a figure is compared with a number");
    }
  }
}

}  // namespace bakeoff::fuzz::targets
