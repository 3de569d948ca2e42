#include "harness/doctor/finding_list.h"

#include <fmt/format.h>

#include <utility>

namespace bakeoff::doctor {

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
