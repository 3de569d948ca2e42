// The command decide. A part of cli.cpp.
#pragma once

#include "harness/commands/cli_options.h"
#include "harness/commands/commands.h"
#include "harness/decide/expectation.h"
#include "harness/decide/profile.h"

namespace bakeoff::commands {

/// An option that is a key of a profile; its text is checked as the key is.
inline void add_profile_key(CLI::App& command, DecideOptions& decide, const std::string& key, const std::string& type,
                            const std::string& help) {
  const std::string option = decide::option_of_key(key);
  const auto take = [&decide, key, option](const std::string& text) {
    decide::check_word({key, text, option});
    decide.given.emplace_back(key, text);
  };
  command.add_option_function<std::string>(option, take, help)->type_name(type);
}

inline void add_profile_flag(CLI::App& command, DecideOptions& decide, const std::string& key,
                             const std::string& help) {
  command.add_flag_callback(
      decide::option_of_key(key), [&decide, key] { decide.given.emplace_back(key, "true"); }, help);
}

inline CLI::App* add_decide_command(CLI::App& app, DecideOptions& decide, Choices& choices) {
  CLI::App* decide_app = app.add_subcommand(
      "decide",
      "Tell which concurrency model suits a service: who keeps its limits, what each costs, and what would turn the "
      "decision. Asks for the profile on a terminal where none is given");
  decide_app->add_option("profile", decide.profile,
                         "A shipped profile (bakeoff list profiles), a TOML file, or the folder of a decision; options "
                         "take the place of its keys");
  add_profile_key(*decide_app, decide, "mix", "MIX",
                  "What the requests do, with their shares in percent: light, wait:5ms, wait:exponential:5ms, "
                  "work:3ms, call, call:3, file; or of a cache get and set: wait:5ms@70,work:3ms@5,light@25");
  add_profile_key(*decide_app, decide, "connections", "N", "Connections that are open at once (default 64)");
  add_profile_key(*decide_app, decide, "rate", "RATE",
                  "Requests per second of all together, like 500 or 2k; without it, as many as can be answered");
  add_profile_key(*decide_app, decide, "slo", "LIMIT", "A limit like p99=20ms (p50, p90, p99, p99.9, max, mean)");
  add_profile_key(*decide_app, decide, "memory", "MEMORY",
                  "The most memory that the service may have, like 512M or 4G");
  add_profile_key(*decide_app, decide, "cpus", "N",
                  "CPUs that the service may have (default: the first half of those that bakeoff may use)");
  add_profile_flag(*decide_app, decide, "isolation", "A process that dies may end no connection but its own");
  add_profile_flag(*decide_app, decide, "shared_state", "Requests share objects in memory");
  add_profile_key(*decide_app, decide, "candidates", "SUBJECTS",
                  "Who is compared, separated by commas: names, @models, @servers, @runtimes or a language (@go); "
                  "default: eight models");
  add_profile_key(*decide_app, decide, "back_end", "BACK_END",
                  "What call asks: http (our own, the default), redis, postgres");
  add_profile_key(*decide_app, decide, "back_end_delay", "TIME", "How long our own back end waits before it answers");
  add_profile_key(*decide_app, decide, "pool", "N",
                  "The most connections to the back end of those who share a pool (default 8)");
  add_profile_key(*decide_app, decide, "name", "WORD", "The name of the profile, for folders and the record");
  decide_app->add_option("--adr", decide.adr, "Write the decision record (MADR) to this file too")->type_name("FILE");
  choices[decide_app
              ->add_option(
                  "--skip", decide.skip,
                  "Leave out phases, separated by commas: traffic (the highest rates), sensitivity (what would "
                  "turn the decision)")
              ->delimiter(',')
              ->type_name("PHASES")
              ->check([](const std::string& given) {
                return check_name("phase", given, kDecidePhases), std::string();
              })] = kDecidePhases;
  decide_app
      ->add_option("--confirm", decide.confirm,
                   "Measure the profile again and exit 3 unless the decision for one of these still holds: each keeps "
                   "every limit, and one at least is still the choice. With --out, what that folder has is not "
                   "measured again")
      ->delimiter(',')
      ->type_name("SUBJECTS");
  decide_app
      ->add_option("--expect", decide.expect,
                   "A gate: exit 3 unless this holds, like 'threads.cpu_us_per_request<12' or "
                   "'node/nginx.cpu_us_per_request<3'; 4 if it cannot be decided. May be given several times")
      ->type_name("EXPECTATION")
      ->allow_extra_args(false)
      ->check([](const std::string& given) { return decide::parse_expectation(given), std::string(); });
  decide_app
      ->add_option("--out", decide.out,
                   "The folder for profile, rows and record; default: the newest one of this profile in "
                   "./bakeoff-results, or a new one")
      ->type_name("DIR");
  decide_app->add_flag("--again", decide.again, "Measure anew, whatever has been measured of this profile before");
  add_format(*decide_app, decide.format, {"terminal", "json"}, choices);
  return decide_app;
}

}  // namespace bakeoff::commands
