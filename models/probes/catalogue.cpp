#include "models/probes/catalogue.h"

#include <algorithm>
#include <array>

#include "models/probes/messages.h"
#include "models/probes/ping_pong.h"
#include "models/probes/probes.h"
#include "models/probes/spawning.h"
#include "models/probes/spawning_process.h"

namespace bakeoff::models::probes {
namespace {

// Parties that share a thread are always on one CPU.
constexpr std::array kUserSwitchSettings{kTouchSetting, kWalkSetting, kWorkingSetSetting};
constexpr std::array kFiberMessageSettings{kBytesSetting};
constexpr std::array kQueueSettings{kBytesSetting, kPlaceSetting};

/// The same setting with another default.
constexpr workloads::SettingEntry with_default(workloads::SettingEntry entry, std::string_view default_value) {
  entry.default_value = default_value;
  return entry;
}
constexpr std::array kCacheLineSettings{kBetweenSetting, kBytesSetting, with_default(kPlaceSetting, "other")};
constexpr std::array kSignalSettings{kBetweenSetting,
                                     workloads::SettingEntry{.name = "bytes",
                                                             .meaning = "size of a message, which is a signal's value",
                                                             .default_value = "8",
                                                             .least = 1,
                                                             .most = 8},
                                     kPlaceSetting};

constexpr std::array kCopyOnWriteSettings{
    workloads::SettingEntry{
        .name = "heap-mib", .meaning = "memory of the parent", .default_value = "256", .least = 1, .most = 4096},
    workloads::SettingEntry{.name = "written-percent",
                            .meaning = "how much of it the child writes to",
                            .default_value = "25",
                            .most = 100}};
constexpr std::array kCrashSettings{
    workloads::SettingEntry{.name = "units",
                            .meaning = "threads, and then processes, of which one crashes",
                            .default_value = "4",
                            .least = 2,
                            .most = 100}};
constexpr std::array kDoubleSpendSettings{
    workloads::SettingEntry{.name = "rounds",
                            .meaning = "withdrawals by both, in each of three ways",
                            .default_value = "1000",
                            .least = 1,
                            .most = 100'000}};
constexpr std::string_view kStacks[] = {"fixed", "pooled", "protected"};
constexpr std::string_view kLaunches[] = {"post", "dispatch"};
constexpr std::string_view kPrograms[] = {"static", "dynamic"};
constexpr workloads::SettingEntry kPlaceOfUnits{.name = "place",
                                                .meaning = "whether a new unit runs on its creator's CPU or on another",
                                                .default_value = "same",
                                                .choices = kPlaces};
constexpr std::array kSpawnSettings{kOutstandingSetting};
constexpr std::array kSpawnThreadSettings{
    kOutstandingSetting, kPlaceOfUnits,
    workloads::SettingEntry{.name = "stack-kib",
                            .meaning = "size of a thread's stack, 0 for the system's default",
                            .default_value = "0",
                            .most = 1 << 20}};
constexpr std::array kSpawnVforkSettings{kHugePagesSetting, kOutstandingSetting, kParentSetting};
constexpr std::array kSpawnForkSettings{kHugePagesSetting, kOutstandingSetting, kParentSetting, kPlaceOfUnits};
constexpr std::array kSpawnProgramSettings{kHugePagesSetting, kOutstandingSetting, kParentSetting, kPlaceOfUnits,
                                           workloads::SettingEntry{.name = "program",
                                                                   .meaning = "how the new program is linked",
                                                                   .default_value = "static",
                                                                   .choices = kPrograms}};
constexpr std::array kSpawnFiberSettings{
    workloads::SettingEntry{.name = "launch",
                            .meaning = "whether a new fiber is queued or runs at once",
                            .default_value = "post",
                            .choices = kLaunches},
    kOutstandingSetting,
    workloads::SettingEntry{.name = "stack",
                            .meaning = "where stacks come from: malloc, a pool, or mapped with a guard page",
                            .default_value = "fixed",
                            .choices = kStacks},
    workloads::SettingEntry{
        .name = "stack-kib", .meaning = "size of a stack", .default_value = "64", .least = 16, .most = 8192}};
constexpr std::array kSpawnPoolSettings{
    kOutstandingSetting,
    workloads::SettingEntry{.name = "pipelined",
                            .meaning = "whether 1000 tasks are handed over before one is "
                                       "waited for",
                            .default_value = "no",
                            .choices = workloads::kYesOrNo},
    kPlaceOfUnits};

constexpr std::array kProbes{
    ProbeEntry{.name = "copy-on-write",
               .measures = "lifecycle",
               .summary = "a forked child pays for the pages that it writes to",
               .settings = kCopyOnWriteSettings,
               .file = "models/probes/copy_on_write.cpp",
               .run = probe_copy_on_write},
    ProbeEntry{.name = "crash",
               .measures = "lifecycle",
               .summary = "a thread takes its process with it, a worker process dies alone",
               .settings = kCrashSettings,
               .file = "models/probes/crash.cpp",
               .run = probe_crash},
    ProbeEntry{.name = "double-spend",
               .measures = "lifecycle",
               .summary = "what was checked need not hold at the withdrawal",
               .settings = kDoubleSpendSettings,
               .file = "models/probes/double_spend.cpp",
               .run = probe_double_spend},
    ProbeEntry{.name = "isolation",
               .measures = "lifecycle",
               .summary = "a child's writes are its own, a thread's are everybody's",
               .file = "models/probes/isolation.cpp",
               .run = probe_isolation},
    ProbeEntry{.name = "message-cache-line",
               .measures = "message",
               .summary = "a ring in shared memory, its waiter spinning on a cache line",
               .settings = kCacheLineSettings,
               .file = "models/probes/message_memory.cpp",
               .run = probe_message_cache_line},
    ProbeEntry{.name = "message-futex",
               .measures = "message",
               .summary = "a ring in shared memory, its waiter asleep on a futex",
               .settings = kMessageSettings,
               .file = "models/probes/message_memory.cpp",
               .run = probe_message_futex},
    ProbeEntry{.name = "message-mapped-file",
               .measures = "message",
               .summary = "a ring in a file that both have mapped, its waiter asleep on a futex",
               .settings = kMessageSettings,
               .file = "models/probes/message_memory.cpp",
               .run = probe_message_mapped_file},
    ProbeEntry{.name = "message-pipe",
               .measures = "message",
               .summary = "a pipe for each direction",
               .settings = kMessageSettings,
               .file = "models/probes/message_streams.cpp",
               .run = probe_message_pipe},
    ProbeEntry{.name = "message-unix",
               .measures = "message",
               .summary = "a pair of Unix stream sockets",
               .settings = kMessageSettings,
               .file = "models/probes/message_streams.cpp",
               .run = probe_message_unix},
    ProbeEntry{.name = "message-tcp",
               .measures = "message",
               .summary = "a TCP connection over loopback",
               .settings = kMessageSettings,
               .file = "models/probes/message_streams.cpp",
               .run = probe_message_tcp},
    ProbeEntry{.name = "message-mqueue",
               .measures = "message",
               .summary = "a POSIX message queue for each direction",
               .settings = kMessageSettings,
               .file = "models/probes/message_mqueue.cpp",
               .run = probe_message_mqueue,
               .refusal = message_mqueue_refusal},
    ProbeEntry{.name = "message-signal",
               .measures = "message",
               .summary = "queued real-time signals, each with a value",
               .settings = kSignalSettings,
               .file = "models/probes/message_signal.cpp",
               .run = probe_message_signal},
    ProbeEntry{.name = "message-queue",
               .measures = "message",
               .summary = "a queue under a mutex with condition variables, within a process",
               .settings = kQueueSettings,
               .file = "models/probes/message_inside.cpp",
               .run = probe_message_queue},
    ProbeEntry{.name = "message-fiber-channel",
               .measures = "message",
               .summary = "a buffered channel between two fibers of a thread",
               .settings = kFiberMessageSettings,
               .file = "models/probes/message_inside.cpp",
               .run = probe_message_fiber_channel},
    ProbeEntry{.name = "orphan",
               .measures = "lifecycle",
               .summary = "a process whose parent dies is adopted",
               .file = "models/probes/orphan.cpp",
               .run = probe_orphan},
    ProbeEntry{.name = "spawn-asio-post",
               .measures = "spawn",
               .summary = "an empty handler posted to an Asio loop of the same thread",
               .settings = kSpawnSettings,
               .file = "models/probes/spawn_task.cpp",
               .run = probe_spawn_asio_post},
    ProbeEntry{.name = "spawn-coroutine",
               .measures = "spawn",
               .summary = "a C++20 coroutine made, resumed and destroyed",
               .settings = kSpawnSettings,
               .file = "models/probes/spawn_coroutine.cpp",
               .run = probe_spawn_coroutine},
    ProbeEntry{.name = "spawn-fiber",
               .measures = "spawn",
               .summary = "a Boost.Fiber made and joined",
               .settings = kSpawnFiberSettings,
               .file = "models/probes/spawn_fiber.cpp",
               .run = probe_spawn_fiber},
    ProbeEntry{.name = "spawn-fork",
               .measures = "spawn",
               .summary = "a process that exits at once, by fork()",
               .settings = kSpawnForkSettings,
               .file = "models/probes/spawn_fork.cpp",
               .run = probe_spawn_fork},
    ProbeEntry{.name = "spawn-fork-exec",
               .measures = "spawn",
               .summary = "a program that exits at once, by fork() and execve()",
               .settings = kSpawnProgramSettings,
               .file = "models/probes/spawn_program.cpp",
               .run = probe_spawn_fork_exec},
    ProbeEntry{.name = "spawn-pool",
               .measures = "spawn",
               .summary = "an empty task handed to a pool of one thread",
               .settings = kSpawnPoolSettings,
               .file = "models/probes/spawn_task.cpp",
               .run = probe_spawn_pool},
    ProbeEntry{.name = "spawn-posix-spawn",
               .measures = "spawn",
               .summary = "a program that exits at once, by posix_spawn()",
               .settings = kSpawnProgramSettings,
               .file = "models/probes/spawn_program.cpp",
               .run = probe_spawn_posix_spawn},
    ProbeEntry{.name = "spawn-thread",
               .measures = "spawn",
               .summary = "a thread made and joined",
               .settings = kSpawnThreadSettings,
               .file = "models/probes/spawn_thread.cpp",
               .run = probe_spawn_thread},
    ProbeEntry{.name = "spawn-vfork",
               .measures = "spawn",
               .summary = "a process that exits at once, by vfork()",
               .settings = kSpawnVforkSettings,
               .file = "models/probes/spawn_fork.cpp",
               .run = probe_spawn_vfork},
    ProbeEntry{.name = "switch-syscall",
               .measures = "switch",
               .summary = "a system call without a switch: the floor",
               .settings = kUserSwitchSettings,
               .file = "models/probes/switch_syscall.cpp",
               .run = probe_switch_syscall},
    ProbeEntry{.name = "switch-pipe",
               .measures = "switch",
               .summary = "a token through two pipes",
               .settings = kSwitchSettings,
               .file = "models/probes/switch_descriptors.cpp",
               .run = probe_switch_pipe},
    ProbeEntry{.name = "switch-eventfd",
               .measures = "switch",
               .summary = "a token through two eventfds",
               .settings = kSwitchSettings,
               .file = "models/probes/switch_descriptors.cpp",
               .run = probe_switch_eventfd},
    ProbeEntry{.name = "switch-futex",
               .measures = "switch",
               .summary = "a token in shared memory, its waiter asleep on a futex",
               .settings = kSwitchSettings,
               .file = "models/probes/switch_memory.cpp",
               .run = probe_switch_futex},
    ProbeEntry{.name = "switch-condition",
               .measures = "switch",
               .summary = "a token under a mutex with condition variables",
               .settings = kSwitchSettings,
               .file = "models/probes/switch_memory.cpp",
               .run = probe_switch_condition},
    ProbeEntry{.name = "switch-yield",
               .measures = "switch",
               .summary = "a token in shared memory, its waiter calling sched_yield()",
               .settings = kSwitchSettings,
               .file = "models/probes/switch_memory.cpp",
               .run = probe_switch_yield},
    ProbeEntry{.name = "switch-fiber-yield",
               .measures = "switch",
               .summary = "two fibers of a thread that yield",
               .settings = kUserSwitchSettings,
               .file = "models/probes/switch_user.cpp",
               .run = probe_switch_fiber_yield},
    ProbeEntry{.name = "switch-fiber-channel",
               .measures = "switch",
               .summary = "two fibers of a thread, a token through unbuffered channels",
               .settings = kUserSwitchSettings,
               .file = "models/probes/switch_user.cpp",
               .run = probe_switch_fiber_channel},
    ProbeEntry{.name = "switch-coroutine",
               .measures = "switch",
               .summary = "two coroutines that a loop resumes in turn",
               .settings = kUserSwitchSettings,
               .file = "models/probes/switch_user.cpp",
               .run = probe_switch_coroutine},
    ProbeEntry{.name = "what-is-shared",
               .measures = "lifecycle",
               .summary = "what a thread, and what a child, changes for its creator",
               .file = "models/probes/what_is_shared.cpp",
               .run = probe_what_is_shared},
    ProbeEntry{.name = "zombie",
               .measures = "lifecycle",
               .summary = "a child that has ended stays until it is waited for",
               .file = "models/probes/zombie.cpp",
               .run = probe_zombie},
};

}  // namespace

std::span<const ProbeEntry> probe_entries() {
  return kProbes;
}

const ProbeEntry* find_probe(std::string_view name) {
  const auto found = std::ranges::find(kProbes, name, &ProbeEntry::name);
  return found == kProbes.end() ? nullptr : &*found;
}

}  // namespace bakeoff::models::probes
