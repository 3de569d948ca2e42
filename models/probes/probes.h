// The probes' functions: each is the whole surface of its file.
#pragma once

#include <string_view>

#include "models/probes/probe.h"

namespace bakeoff::models::probes {

ProbeResult probe_affinity(const workloads::Settings& settings);
ProbeResult probe_clone_flags(const workloads::Settings& settings);
ProbeResult probe_copy_on_write(const workloads::Settings& settings);
ProbeResult probe_cpu_shares(const workloads::Settings& settings);
ProbeResult probe_crash(const workloads::Settings& settings);
ProbeResult probe_double_spend(const workloads::Settings& settings);
ProbeResult probe_isolation(const workloads::Settings& settings);
ProbeResult probe_message_cache_line(const workloads::Settings& settings);
ProbeResult probe_message_fiber_channel(const workloads::Settings& settings);
ProbeResult probe_message_futex(const workloads::Settings& settings);
ProbeResult probe_message_mapped_file(const workloads::Settings& settings);
ProbeResult probe_message_mqueue(const workloads::Settings& settings);
ProbeResult probe_message_pipe(const workloads::Settings& settings);
ProbeResult probe_message_queue(const workloads::Settings& settings);
ProbeResult probe_message_signal(const workloads::Settings& settings);
ProbeResult probe_message_tcp(const workloads::Settings& settings);
ProbeResult probe_message_unix(const workloads::Settings& settings);
ProbeResult probe_orphan(const workloads::Settings& settings);
ProbeResult probe_spawn_asio_post(const workloads::Settings& settings);
ProbeResult probe_spawn_coroutine(const workloads::Settings& settings);
ProbeResult probe_spawn_fiber(const workloads::Settings& settings);
ProbeResult probe_spawn_fork(const workloads::Settings& settings);
ProbeResult probe_spawn_fork_exec(const workloads::Settings& settings);
ProbeResult probe_spawn_pool(const workloads::Settings& settings);
ProbeResult probe_spawn_posix_spawn(const workloads::Settings& settings);
ProbeResult probe_spawn_thread(const workloads::Settings& settings);
ProbeResult probe_spawn_vfork(const workloads::Settings& settings);
ProbeResult probe_stacks(const workloads::Settings& settings);
ProbeResult probe_states(const workloads::Settings& settings);
ProbeResult probe_switch_condition(const workloads::Settings& settings);
ProbeResult probe_switch_coroutine(const workloads::Settings& settings);
ProbeResult probe_switch_eventfd(const workloads::Settings& settings);
ProbeResult probe_switch_fiber_channel(const workloads::Settings& settings);
ProbeResult probe_switch_fiber_yield(const workloads::Settings& settings);
ProbeResult probe_switch_futex(const workloads::Settings& settings);
ProbeResult probe_switch_pipe(const workloads::Settings& settings);
ProbeResult probe_switch_syscall(const workloads::Settings& settings);
ProbeResult probe_switch_yield(const workloads::Settings& settings);
ProbeResult probe_what_is_shared(const workloads::Settings& settings);
ProbeResult probe_zombie(const workloads::Settings& settings);

/// ProbeEntry::refusal of affinity and of message-mqueue.
std::string_view affinity_refusal();
std::string_view message_mqueue_refusal();

}  // namespace bakeoff::models::probes
