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
inline constexpr SettingEntry kDeadlockSettings[] = {
    {"way", "out of it: none, an order of the locks, try and stand back, both together (std::lock), one lock for both",
     "none", kDeadlockWays},
    {"meet", "whether the units wait for each other between the two locks, so that it is certain", "yes", kYesOrNo},
};
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

inline constexpr std::uint64_t kSha256DefaultSize = 128;
std::unique_ptr<Job> make_sha256_job(const JobSize& size);

inline constexpr std::uint64_t kSharedCountDefaultSize = 5'000'000;
inline constexpr std::string_view kDisciplines[] = {"plain",   "mutex",   "atomic", "rwlock",
                                                    "sharded", "channel", "local",  "snapshot"};
inline constexpr SettingEntry kSharedCountSettings[] = {
    {"discipline", "how a unit adds: racing, under a lock, atomically, to its own part, by its owner, to a copy, ...",
     "mutex", kDisciplines},
    {.name = "reads",
     .meaning = "percent of the operations that only look",
     .default_value = "0",
     .choices = {},
     .least = 0,
     .most = 99},
};
std::unique_ptr<Job> make_shared_count_job(const JobSize& size);

inline constexpr std::uint64_t kSkynetDefaultSize = 1'000'000;
std::unique_ptr<Job> make_skynet_job(const JobSize& size);

inline constexpr std::uint64_t kSleepersDefaultSize = 2000;
std::unique_ptr<Job> make_sleepers_job(const JobSize& size);

}  // namespace bakeoff::workloads::jobs
