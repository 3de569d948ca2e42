// The load against small servers in this process, each of which does one thing wrong, or nothing.
#include "harness/load/closed_loop.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "harness/load/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;

struct FixedDate : Surroundings {
  std::string_view http_date() const override { return "Sun, 06 Nov 1994 08:49:37 GMT"; }
};

/// Serves each connection on a thread of its own: hands bytes to a session and lets `spoil` have its way with the
/// replies; a `spoil` that returns false closes the connection.
class TinyServer {
 public:
  using Spoil = std::function<bool(std::string& replies)>;

  explicit TinyServer(
      const std::string& workload, Spoil spoil = [](std::string&) { return true; })
      : service_(find_workload(workload)->make_service({.surroundings = &date_})), spoil_(std::move(spoil)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 128);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TinyServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  const Service& service() const { return *service_; }

 private:
  void accept_all() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }
  void serve(int fd) {
    const auto session = service_->connect();
    std::vector<char> buffer(65536);
    std::string replies;
    for (;;) {
      const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      Step step = session->feed({buffer.data(), static_cast<std::size_t>(got)}, replies);
      while (step.want == Step::Want::flush) step = session->resume("", replies);
      if (!spoil_(replies)) break;
      if (::send(fd, replies.data(), replies.size(), MSG_NOSIGNAL) < 0) break;
      replies.clear();
      if (step.want == Step::Want::close) break;
    }
    ::close(fd);
  }

  FixedDate date_;
  std::unique_ptr<Service> service_;
  Spoil spoil_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

AgentPlan plan_for(const std::string& workload, std::uint16_t port) {
  AgentPlan plan;
  plan.workload = workload;
  plan.port = port;
  plan.host_field = "127.0.0.1";
  plan.connections = 4;
  plan.warmup_s = 0.02;
  plan.window_s = 0.1;
  plan.drain_timeout_s = 5;
  return plan;
}

AgentResult run(const AgentPlan& plan) {
  const std::atomic<bool> stop{false};
  ClosedLoop load(plan, stop);
  if (plan.verify) {
    EXPECT_EQ(load.verify(), "");
  }
  load.connect_all();
  const std::uint64_t start = now_ns();
  return load.run({start, start + static_cast<std::uint64_t>((plan.warmup_s + kDrainGap_s) * 1e9)});
}

std::uint64_t errors(const AgentResult& result, const std::string& phase) {
  std::uint64_t sum = 0;
  for (const ErrorCount& error : result.row.errors) sum += error.phase == phase ? error.count : 0;
  return sum;
}

class EveryWorkload : public testing::TestWithParam<std::string> {};

TEST_P(EveryWorkload, IsAskedAndAnsweredAndBothSidesCountTheSame) {
  TinyServer server(GetParam());
  AgentPlan plan = plan_for(GetParam(), server.port());
  plan.pipeline = 3;
  plan.verify = true;
  const AgentResult result = run(plan);
  EXPECT_EQ(result.row.connections_open, 4U);
  EXPECT_EQ(result.row.connections_served, 4U);
  EXPECT_GT(result.row.replies_ok, 0U);
  EXPECT_EQ(result.row.wrong_answers, 0U) << result.complaint;
  EXPECT_TRUE(result.row.errors.empty());
  EXPECT_EQ(result.row.unfinished, 0U);
  EXPECT_TRUE(result.drained);
  EXPECT_EQ(result.receipt.requests, result.receipt.acknowledged);
  // Every request of the window is in the histogram, those answered in the drain included.
  EXPECT_EQ(result.total.count(), result.row.requests);
  EXPECT_LE(result.row.replies_ok, result.row.requests);
  EXPECT_GE(result.row.replies_ok + 4 * plan.pipeline, result.row.requests);
}

INSTANTIATE_TEST_SUITE_P(Load, EveryWorkload, testing::Values("echo", "http", "counter"));

TEST(ClosedLoop, RequestsInFlightOverTheWindowAgreeWithLittlesLaw) {
  TinyServer server("echo");
  AgentPlan plan = plan_for("echo", server.port());
  plan.pipeline = 8;
  plan.window_s = 0.3;
  const AgentResult result = run(plan);
  const LatencySummary& latency = result.row.latency_us.at("total");
  const double by_law = static_cast<double>(latency.count) / result.row.window_s * latency.mean / 1e6;
  EXPECT_NEAR(*result.row.mean_outstanding, by_law, 0.1 * by_law);
}

TEST(ClosedLoop, AWrongAnswerIsCountedExactlyOnceForEachReplyThatIsWrong) {
  std::atomic<std::uint64_t> spoilt{0}, seen{0};
  TinyServer server("echo", [&](std::string& replies) {
    if (replies.size() == 64 && ++seen % 100 == 0) {
      replies[40] = static_cast<char>(replies[40] ^ 1);
      ++spoilt;
    }
    return true;
  });
  const AgentResult result = run(plan_for("echo", server.port()));
  EXPECT_GT(spoilt, 0U);
  EXPECT_EQ(result.row.wrong_answers, spoilt);
  EXPECT_FALSE(result.complaint.empty());
}

TEST(ClosedLoop, AServerThatNeverAnswersLeavesItsRequestsInTheHistogramWithTheirAge) {
  std::atomic<bool> silent{false};
  TinyServer server("echo", [&](std::string& replies) {
    if (silent) replies.clear();
    return true;
  });
  silent = true;
  AgentPlan plan = plan_for("echo", server.port());
  plan.warmup_s = 0;
  plan.drain_timeout_s = 0.05;
  const std::atomic<bool> stop{false};
  ClosedLoop load(plan, stop);
  load.connect_all();
  const std::uint64_t start = now_ns();
  const AgentResult result = load.run({start, start});
  EXPECT_EQ(result.row.replies_ok, 0U);
  EXPECT_EQ(result.row.unfinished, 4U);
  EXPECT_EQ(result.row.connections_served, 0U);
  EXPECT_FALSE(result.drained);
  EXPECT_EQ(result.total.count(), 4U);
  // Sent at the start of the window, still out when window and drain were over.
  EXPECT_GE(result.total.max_ns(), 140'000'000U);
}

TEST(ClosedLoop, ConnectionsThatTheServerDropsAreCountedAndMadeAnew) {
  std::atomic<int> replies_left{200};
  TinyServer server("echo", [&](std::string&) { return replies_left.fetch_sub(1) > 0 || replies_left < -4; });
  const AgentResult result = run(plan_for("echo", server.port()));
  EXPECT_GT(errors(result, "closed") + errors(result, "read") + errors(result, "write"), 0U);
  EXPECT_GT(result.row.replies_ok, 0U);
}

TEST(ClosedLoop, AServerThatSpeaksAnotherProtocolIsAParseErrorNotACrash) {
  TinyServer server("echo");
  AgentPlan plan = plan_for("http", server.port());
  plan.drain_timeout_s = 0.1;
  const AgentResult result = run(plan);
  EXPECT_EQ(result.row.replies_ok, 0U);
}

TEST(ClosedLoop, NobodyListeningIsAConnectErrorInWords) {
  std::uint16_t port = 0;
  { port = TinyServer("echo").port(); }
  const std::atomic<bool> stop{false};
  ClosedLoop load(plan_for("echo", port), stop);
  load.connect_all();
  EXPECT_EQ(load.connected(), 0U);
  EXPECT_THAT(load.connect_complaint(), HasSubstr("Connection refused"));
  EXPECT_THAT(load.verify(), HasSubstr("Connection refused"));
}

TEST(ClosedLoop, StopEndsTheWindowEarlyAndTheResultCoversWhatThereWas) {
  TinyServer server("echo");
  AgentPlan plan = plan_for("echo", server.port());
  plan.warmup_s = 0;
  plan.window_s = 3600;
  std::atomic<bool> stop{false};
  ClosedLoop load(plan, stop);
  load.connect_all();
  const std::uint64_t start = now_ns();
  std::thread stopper([&] {
    ::poll(nullptr, 0, 100);
    stop = true;
  });
  const AgentResult result = load.run({start, start});
  stopper.join();
  EXPECT_LT(result.row.window_s, 60);
  EXPECT_GT(result.row.window_s, 0.05);
  EXPECT_GT(result.row.throughput_rps, 0);
}

TEST(AgentPlan, PlanAndResultSurviveTheirJourneyAsJson) {
  AgentPlan plan = plan_for("counter", 1234);
  plan.request = "incr/\"quoted\"";
  plan.seed = ~std::uint64_t{0};
  const AgentPlan back = agent_plan_from_json(to_json(plan));
  EXPECT_EQ(to_json(back), to_json(plan));

  AgentResult result;
  result.row.replies_ok = 7;
  result.row.latency_us["total"] = {1, 2, 3, 4, 5, 6, 7};
  result.row.errors = {{"read", "ECONNRESET", 3}};
  result.receipt.requests = 8;
  result.complaint = "expected a, got \xff";
  for (std::uint64_t ns : {1ULL, 1000ULL, 123456789ULL}) result.total.record(ns);
  const AgentResult again = agent_result_from_json(to_json(result));
  EXPECT_EQ(again.row.replies_ok, 7U);
  EXPECT_EQ(again.row.errors.at(0).code, "ECONNRESET");
  EXPECT_EQ(again.receipt.requests, 8U);
  EXPECT_EQ(again.total.buckets(), result.total.buckets());
  EXPECT_EQ(again.total.max_ns(), 123456789U);
  EXPECT_THROW(agent_result_from_json("nonsense"), std::runtime_error);
  EXPECT_THROW(agent_plan_from_json("{}"), std::runtime_error);
}

}  // namespace
}  // namespace bakeoff
