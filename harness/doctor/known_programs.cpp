#include "harness/doctor/known_programs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {

const std::vector<UsefulProgram>& known_programs() {
  static const std::vector<UsefulProgram> needs{
      {{"apache2", "apache2-bin"}, "the experiments with real servers", true, ""},
      {{"nginx", "nginx-light"}, "the experiments with real servers", true, "nginx"},
      {{"redis-server", "redis-server"}, "the experiments with real servers", true, "redis-server"},
      {{"ab", "apache2-utils"}, "cross-checks of figures by an independent client (HTTP)"},
      {{"wrk", "wrk"}, "cross-checks of figures by an independent client (HTTP)"},
      {{"redis-benchmark", "redis-tools"}, "cross-checks of figures by an independent client (Redis)"},
      {{"redis-cli", "redis-tools"}, "trying a counter server by hand"},
      {{"curl", "curl"}, "trying an HTTP server by hand"},
      {{"perf", "linux-perf"}, "system calls per request and profiles of a subject"},
      {{"strace", "strace"}, "seeing what a subject asks of the kernel"},
  };
  return needs;
}

std::string install_command(const DoctorFacts& facts, const std::vector<std::string>& packages) {
  std::vector<std::string> each;
  for (const std::string& package : packages) {
    if (std::find(each.begin(), each.end(), package) == each.end()) each.push_back(package);
  }
  return as_root(facts, fmt::format("apt-get install -y --no-install-recommends {}", fmt::join(each, " ")));
}

std::vector<Installation> installations(const DoctorFacts& facts) {
  std::vector<Installation> all;
  for (const bool server : {true, false}) {
    std::vector<std::string> packages, services;
    for (const ProgramFacts& program : facts.programs) {
      if (program.need.server != server || !program.path.empty() || program.need.package.empty()) continue;
      packages.push_back(program.need.package);
      if (!program.need.service.empty()) services.push_back(program.need.service);
    }
    if (packages.empty()) continue;
    Installation one;
    one.purpose = server ? "to run the experiments with real servers" : "optional clients and tools";
    if (!facts.apt) one.purpose += ", by Debian's names, since there is no apt-get here";
    one.command = install_command(facts, packages);
    if (facts.systemd && !services.empty()) {
      one.stop = as_root(facts, fmt::format("systemctl disable --now {}", fmt::join(services, " ")));
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace bakeoff::doctor
