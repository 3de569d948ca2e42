// Makes the sessions of one program's workers, and knows when one has ended that should not have.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "workloads/queue/worker_session.h"
#include "workloads/session.h"

namespace bakeoff::workloads::queue {

class WorkerService final : public Service {
 public:
  struct Outside {
    WorkerSession::Clock clock;
    /// Called when a session has ended, whatever ended it. On the thread that destroys the session.
    std::function<void()> session_ended = [] {};
  };

  /// `process` begins the names of its workers: no other program of the queue has it.
  WorkerService(std::string process, Acknowledge acknowledge, Outside outside);

  std::unique_ptr<ServerSession> connect() override;
  /// Nothing: what was done stands in the records.
  ServiceReceipt receipt() const override;

  /// Why the first session that failed did so; "" while none has.
  std::string error() const;

 private:
  class Session;

  const std::string process_;
  const Acknowledge acknowledge_;
  const Outside outside_;
  std::atomic<std::uint64_t> sessions_{0};
  mutable std::mutex mutex_;
  std::string error_;
};

}  // namespace bakeoff::workloads::queue
