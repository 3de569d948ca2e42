// The probes' functions: each is the whole surface of its file.
#pragma once

#include <string_view>

#include "models/probes/probe.h"

namespace bakeoff {

ProbeResult probe_copy_on_write(const Settings& settings);
ProbeResult probe_crash(const Settings& settings);
ProbeResult probe_double_spend(const Settings& settings);
ProbeResult probe_isolation(const Settings& settings);
ProbeResult probe_message_cache_line(const Settings& settings);
ProbeResult probe_message_fiber_channel(const Settings& settings);
ProbeResult probe_message_futex(const Settings& settings);
ProbeResult probe_message_mapped_file(const Settings& settings);
ProbeResult probe_message_mqueue(const Settings& settings);
ProbeResult probe_message_pipe(const Settings& settings);
ProbeResult probe_message_queue(const Settings& settings);
ProbeResult probe_message_signal(const Settings& settings);
ProbeResult probe_message_tcp(const Settings& settings);
ProbeResult probe_message_unix(const Settings& settings);
ProbeResult probe_orphan(const Settings& settings);
ProbeResult probe_spawn_asio_post(const Settings& settings);
ProbeResult probe_spawn_coroutine(const Settings& settings);
ProbeResult probe_spawn_fiber(const Settings& settings);
ProbeResult probe_spawn_fork(const Settings& settings);
ProbeResult probe_spawn_fork_exec(const Settings& settings);
ProbeResult probe_spawn_pool(const Settings& settings);
ProbeResult probe_spawn_posix_spawn(const Settings& settings);
ProbeResult probe_spawn_thread(const Settings& settings);
ProbeResult probe_spawn_vfork(const Settings& settings);
ProbeResult probe_switch_condition(const Settings& settings);
ProbeResult probe_switch_coroutine(const Settings& settings);
ProbeResult probe_switch_eventfd(const Settings& settings);
ProbeResult probe_switch_fiber_channel(const Settings& settings);
ProbeResult probe_switch_fiber_yield(const Settings& settings);
ProbeResult probe_switch_futex(const Settings& settings);
ProbeResult probe_switch_pipe(const Settings& settings);
ProbeResult probe_switch_syscall(const Settings& settings);
ProbeResult probe_switch_yield(const Settings& settings);
ProbeResult probe_what_is_shared(const Settings& settings);
ProbeResult probe_zombie(const Settings& settings);

/// ProbeEntry::refusal of message-mqueue.
std::string_view refuse_message_mqueue();

}  // namespace bakeoff
