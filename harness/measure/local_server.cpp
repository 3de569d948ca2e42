#include "harness/measure/local_server.h"

#include <netinet/in.h>
#include <sched.h>
#include <sys/un.h>

#include <algorithm>
#include <set>

#include "harness/measure/cpu_time.h"
#include "harness/measure/local_address.h"
#include "harness/measure/tree_memory.h"

namespace bakeoff::measure {
namespace {

std::map<pid_t, std::uint64_t> cpu_of(const std::vector<pid_t>& pids) {
  std::map<pid_t, std::uint64_t> cpu;
  for (const pid_t pid : pids) {
    if (const auto used = process_cpu_ns(pid)) cpu[pid] = *used;
  }
  return cpu;
}

std::uint16_t port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

}  // namespace

LocalServer LocalServer::find(const sockaddr_storage& address) {
  LocalServer server;
  if (!is_local_address(reinterpret_cast<const sockaddr*>(&address), sizeof address)) return server;
  server.listeners_ = address.ss_family == AF_UNIX
                          ? listeners_on(std::string(reinterpret_cast<const sockaddr_un&>(address).sun_path))
                          : listeners_on(port_of(address));
  server.pids_ = server.pids();
  return server;
}

std::vector<int> LocalServer::cpus() const {
  std::set<int> cpus;
  for (const ListeningProcess& listener : listeners_) {
    cpu_set_t set;
    if (::sched_getaffinity(listener.pid, sizeof set, &set) != 0) continue;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.insert(cpu);
    }
  }
  return {cpus.begin(), cpus.end()};
}

std::string LocalServer::description() const {
  if (!found()) return "";
  const std::string& name = listeners_.front().name;
  return pids_.size() > 1 ? name + ", " + std::to_string(pids_.size()) + " processes" : name;
}

std::vector<pid_t> LocalServer::pids() const {
  std::set<pid_t> all;
  for (const ListeningProcess& listener : listeners_) {
    for (const pid_t pid : descendants(listener.pid)) all.insert(pid);
  }
  return {all.begin(), all.end()};
}

void LocalServer::begin() {
  use_.reset();
  if (measure_size(pids_).threads <= kMostThreads) {
    pids_ = pids();
    use_ = measure_use(pids_);
  }
  cpu_ns_ = cpu_of(pids_);
}

ServerUse LocalServer::end() {
  ServerUse used;
  if (!found()) return used;
  const std::map<pid_t, std::uint64_t> cpu_ns = cpu_of(pids_);
  const std::vector<pid_t> now = pids();
  std::uint64_t total_ns = 0;
  bool complete = !cpu_ns_.empty();
  for (const auto& [pid, before_ns] : cpu_ns_) {
    const auto after = cpu_ns.find(pid);
    // A clock that went back is that of another process under an old number.
    complete = complete && after != cpu_ns.end() && after->second >= before_ns;
    if (complete) total_ns += after->second - before_ns;
  }
  for (const pid_t pid : now) {
    if (!cpu_ns_.contains(pid)) total_ns += process_cpu_ns(pid).value_or(0);
  }
  if (complete) used.cpu_us = static_cast<double>(total_ns) / 1e3;
  const TreeSize size = measure_size(now);
  if (size.processes == 0) return used;
  used.rss_kib = size.rss_kib;
  if (const auto memory = measure_memory(now)) used.pss_kib = memory->pss_kib;
  used.threads = size.threads;
  used.processes = size.processes;
  if (!use_) return used;
  const TreeUse after = measure_use(now);
  for (const auto& [tid, task] : after.tasks) {
    const auto before = use_->tasks.find(tid);
    const std::uint64_t before_ns = before == use_->tasks.end() ? 0 : before->second.cpu_ns.value_or(0);
    const std::uint64_t after_ns = task.cpu_ns.value_or(0);
    if (after_ns > before_ns)
      busiest_thread_us_ = std::max(busiest_thread_us_, static_cast<double>(after_ns - before_ns) / 1e3);
  }
  const TreeDifference grown = difference(*use_, after);
  used.switches_voluntary = grown.voluntary;
  used.switches_involuntary = grown.involuntary;
  used.minor_faults = grown.minor_faults;
  used.major_faults = grown.major_faults;
  return used;
}

}  // namespace bakeoff::measure
