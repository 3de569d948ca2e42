#include "workloads/queue/worker_service.h"

#include <utility>

#include "workloads/integer.h"

namespace bakeoff::workloads::queue {

/// Tells the service how its conversation ended.
class WorkerService::Session final : public ServerSession {
 public:
  Session(WorkerService& service, const std::string& name)
      : service_(service), session_(name, service.acknowledge_, service.outside_.clock) {}
  ~Session() override {
    if (!session_.error().empty()) {
      const std::lock_guard lock(service_.mutex_);
      if (service_.error_.empty()) service_.error_ = session_.error();
    }
    service_.outside_.session_ended();
  }

  Step feed(std::string_view received, std::string& requests) override { return session_.feed(received, requests); }
  Step resume(std::string_view result, std::string& requests) override { return session_.resume(result, requests); }

 private:
  WorkerService& service_;
  WorkerSession session_;
};

WorkerService::WorkerService(std::string process, Acknowledge acknowledge, Outside outside)
    : process_(std::move(process)), acknowledge_(acknowledge), outside_(std::move(outside)) {}

std::unique_ptr<ServerSession> WorkerService::connect() {
  return std::make_unique<Session>(*this, process_ + ":" + std::string(Digits(sessions_++).view()));
}

ServiceReceipt WorkerService::receipt() const {
  return {};
}

std::string WorkerService::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace bakeoff::workloads::queue
