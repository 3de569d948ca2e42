// What TCP over the loopback device is bound by.
#include <fmt/format.h>

#include "harness/doctor/topics.h"

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {
namespace {

constexpr std::uint64_t kLongQueue = 4096;  // What models ask for in listen().
constexpr std::uint64_t kManyPorts = 50'000;

}  // namespace

std::vector<DoctorFinding> network_findings(const DoctorFacts& facts) {
  Findings findings("network");
  const measure::MachineLimits& limits = facts.machine.limits;

  const std::string why_queue =
      "a server's queue of connections that wait to be accepted is no longer than this, whatever it asks for: a crowd "
      "that comes at once is dropped, and each of those tries again only after a second";
  if (!limits.somaxconn) {
    findings.not_visible("somaxconn", why_queue);
  } else if (*limits.somaxconn < kLongQueue) {
    findings.trouble("somaxconn", count_in_words(*limits.somaxconn), why_queue,
                     sysctl(facts, "net.core.somaxconn", std::to_string(kLongQueue)));
  } else {
    findings.good("somaxconn", count_in_words(*limits.somaxconn));
  }

  const std::string why_ports =
      "so many connections go from one address to one server, one that was closed a moment ago included: a larger "
      "crowd, or many short connections, need several addresses (load --source 127.0.0.2,127.0.0.3)";
  if (!limits.port_first || !limits.port_last || *limits.port_last < *limits.port_first) {
    findings.not_visible("port_range", why_ports);
  } else {
    const std::uint64_t ports = *limits.port_last - *limits.port_first + 1;
    const std::string found =
        fmt::format("{} ports, {} to {}", count_in_words(ports), *limits.port_first, *limits.port_last);
    if (ports < kManyPorts) {
      findings.note("port_range", found, why_ports, sysctl(facts, "net.ipv4.ip_local_port_range", "10240 65535"));
    } else {
      findings.good("port_range", found);
    }
  }

  const std::string& control = facts.machine.congestion_control;
  const std::string mend = sysctl(facts, "net.ipv4.tcp_congestion_control", "cubic");
  if (control.empty()) {
    findings.not_visible("congestion_control", "some kinds pace what is sent, which the loopback device does not need");
  } else if (control == "bbr") {
    findings.note("congestion_control", control,
                  "it paces what is sent: large replies over the loopback device come at about half the speed. Small "
                  "requests and replies are not affected",
                  mend);
  } else if (control == "cubic" || control == "reno") {
    findings.good("congestion_control", control);
  } else {
    findings.note("congestion_control", control,
                  "not what most machines have (cubic): large replies may come faster or slower here", mend);
  }
  return findings.take();
}

}  // namespace bakeoff::doctor
