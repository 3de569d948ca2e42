// The factories behind the catalogue's jobs.
#pragma once

#include <memory>

#include "workloads/jobs/job.h"

namespace bakeoff {

inline constexpr std::uint64_t kCountDefaultSize = 300'000'000;
std::unique_ptr<Job> make_count_job(const JobSize& size);

}  // namespace bakeoff
