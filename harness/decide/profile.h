// A service as an architect describes it: what its requests do, how many there are, and what it may cost. From a file,
// from options, or from questions: each gives the same keys with texts. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/decide/request_mix.h"
#include "harness/load/slo.h"

namespace bakeoff::decide {

inline constexpr std::uint64_t kMostProfileConnections = 1'000'000;
inline constexpr std::uint64_t kMostProfileCpus = 1024;

struct Profile {
  std::string name = "service";
  std::string question{};  ///< What the service is, in the words of its architect; "" for none.
  RequestMix mix{};
  std::uint64_t connections = 64;         ///< Open at once, all of which send requests.
  double rate_rps = 0;                    ///< Of all together, at random times (Poisson); 0: as fast as it goes.
  std::optional<load::Slo> slo{};         ///< p99=20ms.
  std::optional<double> memory_mib{};     ///< What the service may have, what the kernel holds for it included.
  std::uint64_t cpus = 0;                 ///< What it may have; 0: what this machine gives it.
  bool isolation = false;                 ///< A request that ends its process may end no other connection's.
  bool shared_state = false;              ///< Requests share objects in memory.
  std::vector<std::string> candidates{};  ///< Names and groups; empty: kUsualCandidates.
  std::string back_end = "http";          ///< What `call` asks.
  double back_end_delay_us = 0;           ///< What our own back end waits before it answers.
  std::uint64_t pool = 8;                 ///< The most connections to it of those who share a pool.
  std::optional<double> rounds_per_ms{};  ///< What turns work into rounds; measured once where it is not given.

  bool is_open() const { return rate_rps != 0; }
};

/// Each a way of its own to hold connections; runtimes and real servers are asked for by name.
inline const std::vector<std::string> kUsualCandidates{"event-loop", "event-loops",  "coroutines", "fibers",
                                                       "threads",    "request-pool", "hybrid",     "prefork"};

/// A key of a profile with its value as text. `place` is where it stands, for messages: "--rate", "FILE:3: rate".
struct ProfileWord {
  std::string key, text, place;
};

/// Every key of a profile, in the order in which to_toml() writes them.
const std::vector<std::string>& profile_keys();

/// "--back-end-delay" for "back_end_delay".
std::string option_of_key(std::string key);

/// Throws input::InputError for what is no value of its key.
void check_word(const ProfileWord& word);

/// Throws input::InputError for what is no value of its key, and for a profile without a mix.
Profile read_profile(const std::vector<ProfileWord>& words);

/// The words of a TOML file. Values may be texts, numbers, flags, and of `candidates` an array. Throws InputError.
std::vector<ProfileWord> words_of_toml(std::string_view toml, std::string_view file);

/// The profile as a file that words_of_toml() reads back.
std::string to_toml(const Profile& profile);

/// The options of `bakeoff decide` that say the same, as a shell takes them.
std::string to_options(const Profile& profile);

/// "2,000 requests per second at random times, over 2,000 connections"
std::string traffic_in_words(const Profile& profile);

/// "p99 <= 20 ms, memory <= 4 GiB, 2 CPUs", or "none".
std::string limits_in_words(const Profile& profile);

}  // namespace bakeoff::decide
