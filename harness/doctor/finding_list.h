// The findings of one area, collected in few words. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/doctor/finding.h"

namespace bakeoff::doctor {

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
