#include "harness/doctor/words.h"

#include <fmt/format.h>

namespace bakeoff::doctor {

std::string as_root(const DoctorFacts& facts, const std::string& command) {
  return facts.root ? command : "sudo " + command;
}

std::string sysctl(const DoctorFacts& facts, const std::string& key, const std::string& value) {
  const bool quoted = value.find(' ') != std::string::npos;
  return as_root(facts,
                 quoted ? fmt::format("sysctl -w {}='{}'", key, value) : fmt::format("sysctl -w {}={}", key, value));
}

std::string write_as_root(const DoctorFacts& facts, const std::string& value, const std::string& file) {
  return fmt::format("echo {} | {}", value, as_root(facts, "tee " + file));
}

std::string count_in_words(std::uint64_t count) {
  if (count == UINT64_MAX) return "unlimited";
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string cpus_in_words(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return text;
}

void Findings::good(const char* name, std::string found) {
  list_.push_back({area_, name, Level::good, std::move(found), "", ""});
}

void Findings::note(const char* name, std::string found, std::string why, std::string mend) {
  list_.push_back({area_, name, Level::note, std::move(found), std::move(why), std::move(mend)});
}

void Findings::trouble(const char* name, std::string found, std::string why, std::string mend) {
  list_.push_back({area_, name, Level::trouble, std::move(found), std::move(why), std::move(mend)});
}

void Findings::not_visible(const char* name, std::string why) {
  note(name, "not visible", std::move(why));
}

}  // namespace bakeoff::doctor
