#include "harness/commands/load_stairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/journal/trial_json.h"
#include "harness/report/load/stairs_table.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

[[noreturn]] void refuse_stairs(const std::string& text, std::string_view why) {
  throw UsageError(
      fmt::format("--stairs: found \"{}\", {}; expected rates and the length of a step like 1k,2k,4k:10s", text, why));
}

}  // namespace

Stairs parse_stairs(const std::string& text) try {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) refuse_stairs(text, "without the length of a step");
  Stairs stairs;
  stairs.step_s = input::parse_duration_s("--stairs", text.substr(colon + 1));
  for (std::size_t begin = 0; begin <= colon;) {
    const std::size_t end = std::min(text.find(',', begin), colon);
    const double rate = input::parse_rates("--stairs", text.substr(begin, end - begin)).from_rps;
    if (!stairs.rates_rps.empty() && stairs.rates_rps.back() == rate)
      refuse_stairs(text, "with two steps alike in a row");
    stairs.rates_rps.push_back(rate);
    begin = end + 1;
  }
  if (stairs.rates_rps.size() < 2) refuse_stairs(text, "with one step only");
  return stairs;
} catch (const input::InputError& error) {
  throw UsageError(error.what());
}

int climb_stairs(const std::string& url, const Stairs& stairs, double warmup_s, const std::string& format,
                 const LoadAtRate& load) {
  const bool json = format == "json";
  if (!json) fmt::print("{}", report::load::stairs_head(url, stairs.step_s, stdout_style()));
  bool valid = false;
  for (const double rate : stairs.rates_rps) {
    if (subjects::interrupted) break;
    try {
      const journal::Trial row = load(rate, warmup_s, stairs.step_s).row;
      if (subjects::interrupted) break;  // Half a step proves nothing.
      const bool replied = row.client && row.client->replies_ok != 0;
      valid = valid || (replied && validity::void_reason(row, validity::metric::kLatency).empty());
      fmt::print("{}", json ? journal::trial_to_json(row) + "\n" : report::load::stairs_line(row, stdout_style()));
      std::fflush(stdout);
    } catch (const subjects::Interrupted&) {
      break;
    }
  }
  if (subjects::interrupted) return kInterrupted;
  return valid ? kDone : kNoValid;
}

}  // namespace bakeoff::commands
