// The experiments in which a profile is measured. Each phase is an experiment file like any other, with results in a
// folder of its own that `bakeoff report` reads. Pure.
//
//   asked        every candidate, exactly as the profile has it
//   traffic      the candidates of interest, at higher rates
//   sensitivity  the candidates of interest, with one thing about the profile changed at a time
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/decide/profile.h"

namespace bakeoff::decide {

inline constexpr const char* kAskedPhase = "asked";
inline constexpr const char* kAskedTable = "asked";

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
  std::uint64_t blocks = 0;
  double estimate_s = 0;  ///< A guess, without the warm-ups of runtimes and without repeated trials.
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

/// `cheapest_us` is the least CPU time that a request takes, `cpus` how many there are: higher rates than these can
/// serve are not tried. Where the profile has more connections than can be opened, this phase and the next one have as
/// many as can, without the limit on memory. nullopt for a profile without a rate.
std::optional<Phase> traffic_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                   double cheapest_us, std::uint64_t cpus, const Reach& reach);

/// Points that nobody can hold (arithmetic.h) are left out. nullopt where nothing about the profile can be changed.
std::optional<Phase> sensitivity_phase(const Profile& wanted, const std::vector<std::string>& candidates,
                                       double cheapest_us, std::uint64_t cpus, const Reach& reach);

}  // namespace bakeoff::decide
