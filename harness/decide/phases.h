// The experiments in which a profile is measured. Each phase is an experiment file like any other, with results in a
// folder of its own that `bakeoff report` reads. Pure.
//
//   asked        every candidate, exactly as the profile has it
//   traffic      the candidates of interest, at higher rates
//   sensitivity  the candidates of interest, with one thing about the profile changed at a time
//
// The last two measure the profile as it is once more, with one candidate (drift.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/decide/profile.h"

namespace bakeoff::decide {

inline constexpr const char* kAskedPhase = "asked";
inline constexpr const char* kAskedTable = "asked";
/// The profile as it is in a later phase.
inline constexpr const char* kUnchangedTable = "unchanged";

/// Variation::subject of the traffic phase.
inline constexpr const char* kRateVaried = "the rate";

/// What is different from the profile in one table.
struct Variation {
  std::string table;    ///< "wait-1250us"; a table of the phase.
  std::string subject;  ///< What is changed: "the wait", "connections", "the share of work", "the rate".
  std::string value;    ///< "1.25 ms"
  double factor = 1;    ///< Of the profile's own value.
  Profile profile{};    ///< As it is there.
};

/// An experiment, and where its tables stand to the profile. The first table of `asked` is the profile itself.
struct Phase {
  std::string name;
  std::string experiment{};  ///< The TOML text.
  std::vector<Variation> variations{};
  std::string control{};  ///< The candidate of kUnchangedTable; "" for a phase without it.
  std::uint64_t blocks = 0;
  double window_s = 0, warm_up_s = 0;  ///< Of the first table.
  double estimate_s = 0;               ///< A guess, without the warm-ups of runtimes and without repeated trials.
};

/// Connections that a program here can hold; more are extrapolated (memory_line.h).
struct Reach {
  std::uint64_t connections = UINT64_MAX;
};

/// Blocks in which `candidates` of them can all be told from each other in `criteria` figures, at 95 % together, and
/// one to spare; at least nine, of which one may differ.
std::uint64_t blocks_for(std::size_t candidates, std::size_t criteria);

/// Where the profile has more connections than can be opened, the candidates hold as many as can, and in two more
/// tables a half and a quarter of them.
Phase asked_phase(const Profile& profile, const std::vector<std::string>& candidates, const Reach& reach);

/// The candidate whose requests take the least CPU time in the profile itself.
struct Cheapest {
  std::string subject;
  double cpu_us = 1;
};

/// Higher rates than `cpus` CPUs can serve are not tried. Where the profile has more connections than can be opened,
/// this phase and the next one have as many as can, without the limit on memory. nullopt for a profile without a rate.
std::optional<Phase> traffic_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                   const Cheapest& cheapest, std::uint64_t cpus, const Reach& reach);

/// Points that nobody can hold (arithmetic.h) are left out. nullopt where nothing about the profile can be changed.
std::optional<Phase> sensitivity_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                       const Cheapest& cheapest, std::uint64_t cpus, const Reach& reach);

}  // namespace bakeoff::decide
