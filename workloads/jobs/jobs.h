// The factories behind the catalogue's jobs.
#pragma once

#include <memory>

#include "workloads/jobs/job.h"

namespace bakeoff::workloads::jobs {

inline constexpr std::uint64_t kAmdahlDefaultSize = 200'000'000;
inline constexpr SettingEntry kAmdahlSettings[] = {{.name = "serial",
                                                    .meaning = "percent of the work that one unit at a time may do",
                                                    .default_value = "10",
                                                    .choices = {},
                                                    .least = 0,
                                                    .most = 100}};
std::unique_ptr<Job> make_amdahl_job(const JobSize& size);

inline constexpr std::uint64_t kCountDefaultSize = 300'000'000;
std::unique_ptr<Job> make_count_job(const JobSize& size);

inline constexpr std::uint64_t kDeadlockDefaultSize = 50;
inline constexpr std::string_view kDeadlockWays[] = {"none", "order", "try", "together", "one-lock"};
/// A deadlock needs four conditions at the same time (Coffman, Elphick and Shoshani, System Deadlocks, 1971). Each way
/// out breaks one of them.
inline constexpr std::string_view kDeadlockWayMeanings[] = {
    "lets the four conditions of a deadlock hold at the same time: mutual exclusion, hold and wait, no preemption and "
    "circular wait; no way out breaks mutual exclusion, which is what the locks are for",
    "breaks circular wait: both units take the locks in the same order",
    "breaks no preemption: a unit that cannot have its second lock gives the first one back, and tries again later",
    "breaks hold and wait: a unit takes both locks or none, as std::lock does, and waits only while it holds none",
    "breaks hold and wait: one lock protects what two protected, so that a unit that holds it waits for no other",
};
inline constexpr SettingEntry kDeadlockSettings[] = {
    {.name = "way",
     .meaning =
         "out of it: none, an order of the locks, try and stand back, both together (std::lock), one lock for both",
     .default_value = "none",
     .choices = kDeadlockWays,
     .choice_meanings = kDeadlockWayMeanings},
    {"meet", "whether the units wait for each other between the two locks, so that it is certain", "yes", kYesOrNo},
};
inline constexpr std::string_view kDeadlockFigures[] = {"deadlocks", "turn_us"};
inline constexpr std::size_t kDeadlockUnits = 2;
std::unique_ptr<Job> make_deadlock_job(const JobSize& size);

std::unique_ptr<Job> make_idle_job(const JobSize& size);

inline constexpr std::uint64_t kImageDefaultSize = 400;
std::unique_ptr<Job> make_image_job(const JobSize& size);

inline constexpr std::uint64_t kInferDefaultSize = 10'000;
std::unique_ptr<Job> make_infer_job(const JobSize& size);

inline constexpr std::uint64_t kOversubscribeDefaultSize = 200'000'000;
inline constexpr SettingEntry kOversubscribeSettings[] = {
    {.name = "working-set-kib",
     .meaning = "memory of each unit's own that it walks, in pages",
     .default_value = "0",
     .choices = {},
     .least = 0,
     .most = 8192}};
std::unique_ptr<Job> make_oversubscribe_job(const JobSize& size);

inline constexpr std::uint64_t kPingPongDefaultSize = 100'000;
inline constexpr std::size_t kPingPongUnits = 2;
std::unique_ptr<Job> make_ping_pong_job(const JobSize& size);

inline constexpr std::uint64_t kSha256DefaultSize = 128;
std::unique_ptr<Job> make_sha256_job(const JobSize& size);

inline constexpr std::uint64_t kSharedCountDefaultSize = 5'000'000;
inline constexpr std::string_view kDisciplines[] = {"plain",        "mutex",        "atomic",    "rwlock",
                                                    "sharded",      "channel",      "local",     "snapshot",
                                                    "across-await", "locked-await", "lock-once", "compare-and-swap"};
/// Those in which additions may be lost.
inline constexpr std::string_view kRacingDisciplines[] = {"plain", "across-await", "lock-once"};
inline constexpr std::string_view kDisciplineMeanings[] = {
    "loads the counter and stores one more: a race, in which what others stored in between is lost",
    "adds under a lock, which one unit at a time holds",
    "adds by one atomic instruction",
    "adds under a read-write lock, which one writer or any number of readers hold",
    "gives a unit its own part of the counter to add to; the parts are summed up at the end",
    "sends the additions to one unit, which owns the counter and adds nothing itself, as an actor does",
    "lets each unit count by itself, and add its count to the counter once, at its end",
    "replaces the counter by a new copy of it, and begins again where another unit was faster",
    "loads the counter, lets others run, and stores one more: a race, even where all units share a thread",
    "does the same under a lock that it keeps while others run",
    "races as plain does; the first unit takes the lock once after it has added, the others before: where it happens "
    "to "
    "be first, the lock orders them, and a race detector has nothing to see",
    "stores one more than it has loaded if nobody has stored in between, and otherwise begins again",
};
inline constexpr std::string_view kSharedCountStarts[] = {"together", "as-written"};
inline constexpr SettingEntry kSharedCountSettings[] = {
    {.name = "discipline",
     .meaning = "how a unit adds: racing, under a lock, atomically, to its own part, by its owner, to a copy, ...",
     .default_value = "mutex",
     .choices = kDisciplines,
     .choice_meanings = kDisciplineMeanings},
    {.name = "reads",
     .meaning = "percent of the operations that only look",
     .default_value = "0",
     .choices = {},
     .least = 0,
     .most = 99},
    {"start", "whether units begin when all of them exist, or each as soon as it is made, as textbooks write it",
     "together", kSharedCountStarts},
};
inline constexpr std::string_view kSharedCountFigures[] = {"lost", "operation_ns"};
std::unique_ptr<Job> make_shared_count_job(const JobSize& size);

inline constexpr std::uint64_t kSkynetDefaultSize = 1'000'000;
std::unique_ptr<Job> make_skynet_job(const JobSize& size);

inline constexpr std::uint64_t kSleepersDefaultSize = 2000;
std::unique_ptr<Job> make_sleepers_job(const JobSize& size);

inline constexpr std::uint64_t kSpawnDefaultSize = 1000;
std::unique_ptr<Job> make_spawn_job(const JobSize& size);

}  // namespace bakeoff::workloads::jobs
