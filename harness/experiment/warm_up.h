// The warm-up that ends by a rule: load in slices until what a request costs is steady (harness/stats/steady.h).
#pragma once

#include <functional>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/load/coordinator.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// How long the warm-up of this subject may take at most; 0: it is one of a fixed length.
double steady_limit_s(const TableSpec& table, const subjects::Subject& subject);

/// What the subject used while `load` was made, in microseconds of CPU time; nullopt where that is unknown.
using CpuOf = std::function<std::optional<double>(const std::function<void()>& load)>;

/// Blocks until the costs of slices are steady, or for `limit_s`. A slice is 100 ms long, or so long that it has about
/// 50 requests, at most a second. Reference work runs on `cpus` meanwhile, the subject's: what the machine does to both
/// is not taken for the subject's doing. Leaves nothing on its way unless the subject owed replies after their time.
/// What it sent is no part of the load's result.
journal::WarmUpRow warm_up_until_steady(load::Coordinator& load, const CpuOf& cpu_of, double limit_s,
                                        const std::vector<int>& cpus);

}  // namespace bakeoff::experiment
