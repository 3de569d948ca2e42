#include "harness/doctor/root_commands.h"

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

}  // namespace bakeoff::doctor
