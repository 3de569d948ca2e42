// What the topics share: commands that root gives, and findings in few words. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/doctor/facts.h"
#include "harness/doctor/finding.h"

namespace bakeoff::doctor {

/// "sudo apt-get ...", or without sudo for who is root already.
std::string as_root(const DoctorFacts& facts, const std::string& command);

/// "sudo sysctl -w net.core.somaxconn=4096"; a value with a space is quoted.
std::string sysctl(const DoctorFacts& facts, const std::string& key, const std::string& value);

/// Writes a file of /sys or /proc: a redirection would be the user's own, so that sudo goes by way of tee.
std::string write_as_root(const DoctorFacts& facts, const std::string& value, const std::string& file);

/// "unlimited", "20,000".
std::string count_in_words(std::uint64_t count);

/// "0,2-3".
std::string cpus_in_words(const std::vector<int>& cpus);

/// The findings of one area.
class Findings {
 public:
  explicit Findings(std::string area) : area_(std::move(area)) {}

  void good(const char* name, std::string found);
  void note(const char* name, std::string found, std::string why, std::string mend = "");
  void trouble(const char* name, std::string found, std::string why, std::string mend = "");
  /// A note that a fact cannot be read here.
  void not_visible(const char* name, std::string why);

  std::vector<DoctorFinding> take() { return std::move(list_); }

 private:
  std::string area_;
  std::vector<DoctorFinding> list_;
};

}  // namespace bakeoff::doctor
