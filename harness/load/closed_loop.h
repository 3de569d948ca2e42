// The closed load: N connections, each sends a batch of requests, waits for all its replies, sends the next.
//
// One thread, one level-triggered epoll. A reply is read, checked, recorded and followed by the next request within the
// read handler: one recv and one send a batch, EPOLLOUT is armed only when a socket is full, nothing is allocated once
// the connections stand. The clock (CLOCK_MONOTONIC) is read once a recv; recording a latency is an index and an
// increment. Who waits: this thread, in epoll_wait.
// A connection that fails while the load runs is counted by phase and errno and made anew; what it had in flight enters
// the histogram with its age, so that a failing server is not flattered by the survivors.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/link.h"
#include "harness/load/plan.h"

namespace bakeoff {

class ClosedLoop {
 public:
  /// Throws std::runtime_error for a host that does not resolve, std::invalid_argument for a request that the workload
  /// does not know. `stop` ends the window early when it becomes true.
  ClosedLoop(const AgentPlan& plan, const std::atomic<bool>& stop);
  ~ClosedLoop();
  ClosedLoop(const ClosedLoop&) = delete;

  /// Checks every kind of reply once, on a connection of its own. "" or a complaint. Blocks up to the connect timeout.
  std::string verify();

  /// Opens all connections, a few at a time, so that no accept queue overflows. Blocks up to the connect timeout.
  void connect_all();

  std::uint64_t connected() const;
  /// The first connect error in words, "" if there was none.
  const std::string& connect_complaint() const { return connect_complaint_; }

  /// Warm-up, drain, window, drain. Returns with the connections still open.
  AgentResult run(const AgentStart& start);

 private:
  enum class Until : std::uint8_t { time, drained };

  void turn(std::uint64_t deadline_ns, bool issue, Until until);
  void issue_everywhere();
  void on_event(Link& link, std::uint32_t events);
  void on_connected(Link& link);
  void receive(Link& link);
  void complete(Link& link, const Consumed& consumed, std::uint64_t now_ns);
  void send_batch(Link& link, std::uint64_t now_ns);
  void send_rest(Link& link);
  void watch_output(Link& link, bool on);
  void lose(Link& link, const char* phase, int code);
  void reconnect(Link& link);
  void revive(std::uint64_t now_ns);
  void count_error(const char* phase, int code);
  void account(std::uint64_t now_ns);
  std::unique_ptr<ClientSession> make_session(std::uint64_t number) const;

  const AgentPlan plan_;
  const std::atomic<bool>& stop_;
  Peer peer_;
  int epoll_ = -1;
  std::vector<Link> links_;
  std::vector<Link*> lost_;  ///< Waiting to be connected anew.
  std::uint64_t next_revival_ns_ = 0;
  std::vector<char> scratch_;
  std::string batch_;
  std::string connect_complaint_;

  bool issuing_ = false;
  std::uint64_t in_flight_ = 0;
  std::uint64_t window_begin_ns_ = 0;               ///< Requests sent before it are warm-up.
  std::uint64_t window_end_ns_ = 0;                 ///< Replies received after it are not throughput.
  std::uint64_t area_from_ns_ = ~std::uint64_t{0};  ///< Up to here outstanding_area_ is summed.
  double outstanding_area_ = 0;  ///< Integral of requests in flight over the window, request-nanoseconds.

  AgentResult result_;
  std::map<std::pair<std::string, int>, std::uint64_t> errors_;
};

}  // namespace bakeoff
