#include "workloads/null_server.h"

#include <string>
#include <utility>

#include "workloads/framing.h"
#include "workloads/tallies.h"

namespace bakeoff::workloads {
namespace {

/// The one exchange that a null server knows.
struct Exchange {
  std::size_t request_bytes = 0;
  std::string reply;
};

class NullSession final : public FramedSession {
 public:
  NullSession(Tallies& tallies, const Exchange& exchange)
      : FramedSession(tallies, exchange.request_bytes), exchange_(exchange) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    if (bytes.size() < exchange_.request_bytes) return {0, exchange_.request_bytes};
    replies.append(exchange_.reply);
    count_request();
    return {exchange_.request_bytes, 0};
  }

  const Exchange& exchange_;
};

class NullService final : public Service {
 public:
  explicit NullService(Exchange exchange) : exchange_(std::move(exchange)) {}

  std::unique_ptr<ServerSession> connect() override { return std::make_unique<NullSession>(tallies_, exchange_); }
  ServiceReceipt receipt() const override { return tallies_.receipt(); }

 private:
  Exchange exchange_;
  Tallies tallies_;
};

}  // namespace

std::unique_ptr<Service> make_null_service(Service& real, ClientSession& asks) {
  std::string request;
  asks.next_request(request);
  Exchange exchange{request.size(), {}};
  real.connect()->feed(request, exchange.reply);
  return std::make_unique<NullService>(std::move(exchange));
}

}  // namespace bakeoff::workloads
