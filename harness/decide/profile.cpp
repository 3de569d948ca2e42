#include "harness/decide/profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/input/toml_section.h"
#include "harness/measure/plain_text.h"
#include "harness/report/number_format.h"

namespace bakeoff::decide {
namespace {

// In MiB.
constexpr std::array<input::UnitFactor, 6> kMemoryUnits{
    {{"M", 1}, {"MiB", 1}, {"G", 1024}, {"GiB", 1024}, {"T", 1024.0 * 1024}, {"TiB", 1024.0 * 1024}}};
constexpr double kLeastMemoryMib = 1, kMostMemoryMib = 16.0 * 1024 * 1024;
constexpr double kMostDelayUs = 15e6;
constexpr std::uint64_t kMostPool = 10'000;
constexpr std::uint64_t kMostRoundsPerMs = 100'000'000;

[[noreturn]] void refuse_word(const ProfileWord& word, const std::string& expected) {
  throw input::InputError(
      fmt::format("{}: found {}, expected {}", word.place, measure::in_quotes(word.text), expected));
}

bool flag_of(const ProfileWord& word) {
  if (word.text == "true" || word.text == "yes") return true;
  if (word.text == "false" || word.text == "no") return false;
  refuse_word(word, "true or false");
}

double memory_of(const ProfileWord& word) {
  const auto amount = input::read_quantity(word.text);
  const auto factor = amount ? input::factor_of(amount->unit, kMemoryUnits) : std::nullopt;
  const double mib = factor ? amount->number * *factor : 0;
  if (!(mib >= kLeastMemoryMib && mib <= kMostMemoryMib)) refuse_word(word, "an amount of memory like 512M or 4G");
  return mib;
}

double rate_of(const ProfileWord& word) {
  const input::RateRange rate = input::parse_rates(word.place, word.text);
  if (rate.to_rps != 0) refuse_word(word, "one rate: a service has a level that it must hold");
  return rate.from_rps;
}

double delay_us_of(const ProfileWord& word) {
  const double us = input::read_time_us(word.text, input::kShortTimeUnits).value_or(-1);
  if (!(us >= 0 && us <= kMostDelayUs)) refuse_word(word, "a time from 0us to 15s, with us, ms or s");
  return us;
}

load::Slo slo_of(const ProfileWord& word) try {
  const load::Slo slo = load::parse_slo(word.text);
  // A decision is made of rows, which have these.
  if (slo.value == nullptr) refuse_word(word, "one of p50, p90, p99, p99.9, max and mean");
  return slo;
} catch (const input::InputError& error) {
  throw input::InputError(word.place + ": " + error.what());
}

std::string profile_name_of(const ProfileWord& word) {
  constexpr std::size_t kMostOfName = 28;  // The experiments of its phases have names of 40.
  const bool allowed = std::ranges::all_of(word.text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
  if (word.text.empty() || word.text.size() > kMostOfName || !allowed) {
    refuse_word(word, fmt::format("1 to {} small letters, digits and hyphens", kMostOfName));
  }
  return word.text;
}

std::vector<std::string> names_of(const ProfileWord& word) {
  std::vector<std::string> names;
  std::string_view rest = word.text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string name(rest.substr(0, comma));
    if (name.empty()) refuse_word(word, "names with commas between them");
    if (std::ranges::find(names, name) != names.end()) refuse_word(word, "each candidate once");
    names.push_back(name);
    rest.remove_prefix(std::min(rest.size(), comma + 1));
  }
  if (names.empty()) refuse_word(word, "at least one candidate");
  return names;
}

/// How each key is read into a profile, and what it has there as text; "" for a default that need not be said.
struct Key {
  const char* name;
  void (*read)(const ProfileWord&, Profile&);
  std::string (*text)(const Profile&);
  bool bare = false;  ///< In TOML without quotes.
};

std::string memory_text(double mib) {
  return mib >= 1024 ? fmt::format("{:.6g}G", mib / 1024) : fmt::format("{:.6g}M", mib);
}

std::string time_text(double us) {
  return us >= 1e3 ? fmt::format("{:.6g}ms", us / 1e3) : fmt::format("{:.6g}us", us);
}

const std::vector<Key>& keys() {
  using Word = ProfileWord;
  static const std::vector<Key> all{
      {"name", [](const Word& w, Profile& p) { p.name = profile_name_of(w); }, [](const Profile& p) { return p.name; }},
      {"question", [](const Word& w, Profile& p) { p.question = measure::plain_line(w.text); },
       [](const Profile& p) { return p.question; }},
      {"mix", [](const Word& w, Profile& p) { p.mix = parse_mix(w.place, w.text); },
       [](const Profile& p) { return to_text(p.mix); }},
      {"connections",
       [](const Word& w, Profile& p) {
         p.connections = input::parse_whole(w.place, w.text, 1, kMostProfileConnections);
       },
       [](const Profile& p) { return fmt::format("{}", p.connections); }, true},
      {"rate", [](const Word& w, Profile& p) { p.rate_rps = rate_of(w); },
       [](const Profile& p) { return p.is_open() ? fmt::format("{:.6g}", p.rate_rps) : ""; }},
      {"slo", [](const Word& w, Profile& p) { p.slo = slo_of(w); },
       [](const Profile& p) { return p.slo ? p.slo->figure + "=" + time_text(p.slo->limit_us) : ""; }},
      {"memory", [](const Word& w, Profile& p) { p.memory_mib = memory_of(w); },
       [](const Profile& p) { return p.memory_mib ? memory_text(*p.memory_mib) : ""; }},
      {"cpus", [](const Word& w, Profile& p) { p.cpus = input::parse_whole(w.place, w.text, 1, kMostProfileCpus); },
       [](const Profile& p) { return p.cpus == 0 ? "" : fmt::format("{}", p.cpus); }, true},
      {"isolation", [](const Word& w, Profile& p) { p.isolation = flag_of(w); },
       [](const Profile& p) { return std::string(p.isolation ? "true" : ""); }, true},
      {"shared_state", [](const Word& w, Profile& p) { p.shared_state = flag_of(w); },
       [](const Profile& p) { return std::string(p.shared_state ? "true" : ""); }, true},
      {"candidates", [](const Word& w, Profile& p) { p.candidates = names_of(w); },
       [](const Profile& p) { return fmt::format("{}", fmt::join(p.candidates, ",")); }},
      {"back_end",
       [](const Word& w, Profile& p) {
         if (w.text.empty()) refuse_word(w, "http, redis, postgres or another back end of bakeoff list");
         p.back_end = w.text;
       },
       [](const Profile& p) { return p.back_end == "http" ? "" : p.back_end; }},
      {"back_end_delay", [](const Word& w, Profile& p) { p.back_end_delay_us = delay_us_of(w); },
       [](const Profile& p) { return p.back_end_delay_us == 0 ? "" : time_text(p.back_end_delay_us); }},
      {"pool", [](const Word& w, Profile& p) { p.pool = input::parse_whole(w.place, w.text, 1, kMostPool); },
       [](const Profile& p) { return p.pool == Profile().pool ? "" : fmt::format("{}", p.pool); }, true},
      {"rounds_per_ms",
       [](const Word& w, Profile& p) {
         p.rounds_per_ms = static_cast<double>(input::parse_whole(w.place, w.text, 1, kMostRoundsPerMs));
       },
       [](const Profile& p) { return p.rounds_per_ms ? fmt::format("{:.0f}", *p.rounds_per_ms) : ""; }, true}};
  return all;
}

void read_word(const ProfileWord& word, Profile& profile) {
  const auto key = std::ranges::find_if(keys(), [&](const Key& one) { return word.key == one.name; });
  key->read(word, profile);
}

/// A text of TOML: it may hold quotes and backslashes of a question.
std::string in_toml_quotes(const std::string& text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "\"";
}

void refuse_contradictions(const Profile& profile) {
  const bool calls = class_of(profile.mix, RequestKind::call) != nullptr;
  if (profile.back_end_delay_us != 0 && profile.back_end != "http") {
    throw input::InputError(fmt::format(
        "back_end_delay: found it beside the back end {}, expected it beside http, our own, alone", profile.back_end));
  }
  if (!calls && (profile.back_end != "http" || profile.back_end_delay_us != 0)) {
    throw input::InputError(
        "back_end: found one beside a mix without call, expected a class call in the mix, like call@50");
  }
}

}  // namespace

const std::vector<std::string>& profile_keys() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Key& key : keys()) all.emplace_back(key.name);
    return all;
  }();
  return names;
}

std::string option_of_key(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

void check_word(const ProfileWord& word) {
  Profile scratch;
  read_word(word, scratch);
}

Profile read_profile(const std::vector<ProfileWord>& words) {
  Profile profile;
  for (const ProfileWord& word : words) read_word(word, profile);
  if (profile.mix.empty()) {
    throw input::InputError("mix: found none, expected what the requests do, like wait:5ms@70,work:3ms@5,light@25");
  }
  refuse_contradictions(profile);
  return profile;
}

std::vector<ProfileWord> words_of_toml(std::string_view toml, std::string_view file) {
  const toml::table document = input::parse_toml(toml, file);
  const input::TomlSection section(document, file, "");
  section.require_known(profile_keys());
  std::vector<ProfileWord> words;
  for (const std::string& key : section.keys()) {
    std::string text = section.shown(key);
    if (section.array_size(key)) {
      if (key != "candidates") section.fail(key, "an array", "one value");
      text = fmt::format("{}", fmt::join(section.texts(key, "names").value_or(std::vector<std::string>()), ","));
    } else if (text.starts_with('"') || text.starts_with('\'')) {
      text = section.text(key, "a text").value_or("");
    }
    words.push_back({key, text, fmt::format("{}:{}: {}", file, section.line_of(key), key)});
  }
  return words;
}

std::string to_toml(const Profile& profile) {
  std::string text;
  for (const Key& key : keys()) {
    const std::string value = key.text(profile);
    if (value.empty()) continue;
    text += fmt::format("{} = {}\n", key.name, key.bare ? value : in_toml_quotes(value));
  }
  return text;
}

std::string to_options(const Profile& profile) {
  const std::string usual_name = Profile().name;
  std::string text;
  for (const Key& key : keys()) {
    const std::string value = key.text(profile), name = key.name;
    // What the questions do not ask, or what is the default anyway.
    if (value.empty() || name == "question" || name == "rounds_per_ms" || (name == "name" && value == usual_name)) {
      continue;
    }
    text += (text.empty() ? "" : " ") + option_of_key(name);
    if (value != "true") text += " " + measure::shell_word(value);
  }
  return text;
}

std::string traffic_in_words(const Profile& profile) {
  const std::string connections = report::counted_in_groups(profile.connections, "connection");
  if (!profile.is_open()) return "as many requests as it can answer, over " + connections;
  const auto whole = static_cast<std::uint64_t>(profile.rate_rps + 0.5);
  const std::string rate =
      profile.rate_rps >= 10 ? report::format_count(whole) : fmt::format("{:.3g}", profile.rate_rps);
  return fmt::format("{} requests per second at random times, over {}", rate, connections);
}

std::string limits_in_words(const Profile& profile) {
  std::vector<std::string> limits;
  if (profile.slo) limits.push_back(load::to_text(*profile.slo));
  if (profile.memory_mib) limits.push_back("memory <= " + report::format_with_unit(*profile.memory_mib, "MiB"));
  if (profile.cpus != 0) limits.push_back(report::counted(profile.cpus, "CPU"));
  if (profile.isolation) limits.emplace_back("isolation");
  if (profile.shared_state) limits.emplace_back("shared state");
  return limits.empty() ? "none" : fmt::format("{}", fmt::join(limits, ", "));
}

}  // namespace bakeoff::decide
