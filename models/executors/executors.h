// The factories of the executors: each is the whole surface of its file. The catalogue lists them.
#pragma once

#include <memory>

#include "models/executors/executor.h"
#include "workloads/settings.h"

namespace bakeoff::models::executors {

std::unique_ptr<Executor> make_thread_executor(const workloads::Settings& settings);
std::unique_ptr<Executor> make_process_executor(const workloads::Settings& settings);
std::unique_ptr<Executor> make_fiber_executor(const workloads::Settings& settings);
std::unique_ptr<Executor> make_coroutine_executor(const workloads::Settings& settings);
std::unique_ptr<Executor> make_sequential_executor(const workloads::Settings& settings);
std::unique_ptr<Executor> make_pool_executor(const workloads::Settings& settings);

}  // namespace bakeoff::models::executors
