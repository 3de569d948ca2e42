// What all workers do before they differ: connect to the queue, send the first request, and name themselves.
#pragma once

#include <functional>
#include <string>

#include "models/net.h"
#include "models/workers/workers.h"
#include "workloads/queue/worker_service.h"

namespace bakeoff::models::workers {

/// A blocking socket on which the first request has been sent: the reply begins a session's conversation. Blocks for as
/// long as the kernel takes to connect. Throws std::system_error naming the address.
Descriptor connect_to_queue(const WorkerSetup& setup);

/// The service for the workers of this process. Call it in the process that does the work: its number is part of the
/// names of its workers. `session_ended` as in WorkerService.
workloads::queue::WorkerService make_worker_service(const WorkerSetup& setup, std::function<void()> session_ended);

/// What the receipt says when the workers have ended: nothing if a stop was asked for.
std::string why_ended(const workloads::queue::WorkerService& service, const StopToken& stop);

}  // namespace bakeoff::models::workers
