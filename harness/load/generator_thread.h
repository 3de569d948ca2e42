// One thread of a load: its connections, its epoll, its share of the schedule.
//
// Replies are read, checked and recorded as their events come, and the next requests are written behind the last event
// of a round: with many events at once, first reading and then writing takes less CPU than taking turns. There is one
// recv and one send per batch, nothing is allocated once the connections stand, and epoll is edge-triggered.
// CLOCK_MONOTONIC is read once per recv and once before each write.
//
// Closed loop: a connection sends a batch, waits for all its replies, thinks where the load has think times
// (thinking.h), and sends the next. Open loop: a request that comes
// due goes out on the connection that has been free for longest, or joins the backlog, which is served in the order of
// the due times. Churn: a connection is made for each request, and closed behind its reply. Sessions (sessions.h): what
// comes due is the first request of a session, on a connection of its own; the others follow as in a closed loop, and
// the connection is closed behind the last reply. A session whose connection fails is over; one whose connection the
// server closes between two requests goes on with another. Between two windows sessions stand still, as thoughts do.
//
// A connection that fails while the load runs is counted by phase and errno and reopened. One that had been served is
// reopened after the events of the round. One on which nothing had been served waits for a pause first, and the pause
// is reported (pauses.h). What was in flight enters the histogram with its age, so that a failing server is not
// flattered by the survivors.
// Who waits: the calling thread, in epoll_wait. It belongs to one OS thread at a time.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/connector.h"
#include "harness/load/load_connection.h"
#include "harness/load/plan.h"
#include "harness/load/recorder.h"
#include "harness/load/ring.h"
#include "harness/load/run_delay.h"
#include "harness/load/schedule.h"
#include "harness/load/sessions.h"
#include "harness/load/thinking.h"
#include "workloads/ledger.h"

namespace bakeoff::load {

class GeneratorThread {
 public:
  /// Number `number` of the `threads` of this plan. Throws std::invalid_argument for a request that the workload does
  /// not know, std::runtime_error for an invalid source address. `stop` ends everything early when it becomes true.
  GeneratorThread(const AgentPlan& plan, std::uint64_t number, std::uint64_t threads, const SocketAddress& peer,
                  const std::atomic<bool>& stop, Recorder::OnInterval on_interval);
  ~GeneratorThread();
  GeneratorThread(const GeneratorThread&) = delete;

  /// Opens all connections, a few at a time, so that no accept queue overflows. Blocks up to the connect timeout.
  void connect_all();
  std::uint64_t connected() const;
  /// The first connect error in words, "" if there was none.
  const std::string& connect_error() const { return connect_error_; }
  /// Whether it has connections that wait for something of ours: a port, a descriptor (pauses.h).
  bool lacks_resources() const;

  /// Load for `length_s` from `begin_ns` on, not counted, and then the drain: returns when every request has been
  /// answered, or has had twice the time that the slowest so far took (half a second at least, plan.timeout_s at most,
  /// and that too when none has been answered); connections that still owe replies then are cut off and reopened.
  void warm_up(std::uint64_t begin_ns, double length_s);

  /// A window of `length_s` from `begin_ns` on, and its drain: at most plan.timeout_s. Returns with the connections
  /// still open. Behind a window that left replies unfinished no other window may follow without a warm_up().
  LoadWindow window(std::uint64_t begin_ns, double length_s);
  /// The windows so far were of the warm-up: the result and the draws begin anew.
  void begin_anew();

  /// All windows together. Nothing follows.
  AgentResult result();

  /// The numbers that increments were answered with; empty for other loads.
  const workloads::Ledger& ledger() const { return ledger_; }

 private:
  /// When a request was due and when it went out.
  struct RequestTimes {
    std::uint64_t due_ns = 0, sent_ns = 0;
    std::uint16_t request_class = 0;  ///< Of a session that has classes.
    bool operator==(const RequestTimes&) const = default;
  };
  struct BacklogEntry {
    std::uint64_t due_ns = 0, noticed_ns = 0;
    std::uint64_t session = 0;  ///< The number of the one that it begins, in a load of sessions.
  };
  /// Room for one more request on a connection; stale when the connection has become another one since.
  struct Slot {
    std::uint32_t connection = 0, generation = 0;
  };
  /// Replies that have been read; what goes out behind them is written when all have been.
  struct FreedSlots {
    LoadConnection* connection = nullptr;
    std::uint32_t slots = 0;
  };
  enum class Until : std::uint8_t { time, drained };

  Schedule schedule_of(Arrivals arrivals, std::uint64_t begin_ns) const;
  std::uint64_t cut_off_unanswered();
  std::uint64_t count_connections(bool LoadConnection::*flag) const;
  std::uint64_t stopped_drain_end(std::uint64_t now_ns);
  void serve_events(std::uint64_t deadline_ns, Until until);
  void begin_issuing(std::uint64_t until_ns, const Schedule& schedule);
  void end_issuing();
  void run_timers(std::uint64_t now_ns);
  void expire(std::uint64_t now_ns);

  // Which request goes where.
  void issue_due(std::uint64_t until_ns);
  void ask_after_thoughts(std::uint64_t until_ns);
  void give_up_oldest(const char* phase, std::uint64_t now_ns);
  bool can_send(const LoadConnection& connection) const;
  std::uint64_t room_for(const LoadConnection& connection) const;
  /// All requests of the window have been sent and answered, where it has a number of them.
  bool all_done() const { return requests_left_ == 0 && outstanding() == 0; }
  void add_free_slots(LoadConnection& connection, std::uint32_t slots);
  void drop_stale_slots();
  LoadConnection* next_free_connection();
  void send_next(LoadConnection& connection, std::uint32_t slots, std::uint64_t now_ns);
  std::uint64_t outstanding() const { return in_flight_ + backlog_.size(); }

  // Sessions: generator_thread_sessions.cpp.
  void begin_session(LoadConnection& connection, const BacklogEntry& first, std::uint64_t now_ns);
  void end_session(LoadConnection& connection, std::uint64_t now_ns);
  void go_on(LoadConnection& connection, std::uint64_t due_ns, std::uint64_t now_ns);
  void make_way(LoadConnection& connection, std::uint64_t now_ns);
  bool in_session(const LoadConnection& connection) const {
    return connection.session_left != 0 || (session_length_ && connection.in_flight != 0);
  }

  // What happens on a connection.
  std::unique_ptr<workloads::ClientSession> make_session(std::uint64_t number);
  void connect(LoadConnection& connection, std::uint64_t now_ns);
  void on_connected(LoadConnection& connection, std::uint64_t now_ns);
  void on_event(LoadConnection& connection, std::uint32_t events);
  void read_on(LoadConnection& connection, bool at_end);
  void read_on_unread();
  bool receive(LoadConnection& connection, bool at_end);
  bool on_end(LoadConnection& connection);
  void on_idle_end(LoadConnection& connection);
  bool on_replies(LoadConnection& connection, const workloads::Consumed& consumed, std::uint64_t now_ns);
  void answered(LoadConnection& connection, const workloads::Consumed& consumed, std::uint32_t completed,
                std::uint64_t now_ns);
  void append_request(LoadConnection& connection, const BacklogEntry& request, std::uint64_t now_ns);
  void append_next(LoadConnection& connection, const BacklogEntry& request, std::uint64_t now_ns);
  void send_batch(LoadConnection& connection, std::uint64_t now_ns);
  void transmit(LoadConnection& connection, std::uint64_t now_ns);
  void send_rest(LoadConnection& connection);
  int add_to_epoll(LoadConnection& connection);
  void fail(LoadConnection& connection, const char* phase, int code);
  void lose(LoadConnection& connection, Pause pause);
  void record_unanswered(const LoadConnection& connection, std::uint64_t now_ns);
  void schedule_reconnect(LoadConnection& connection, Pause pause, std::uint64_t now_ns);
  void reconnect(std::vector<LoadConnection*>& connections);
  void end_pause(LoadConnection& connection, std::uint64_t now_ns);
  void renew_session(LoadConnection& connection);
  std::uint16_t class_of_last(const LoadConnection& connection) const {
    return has_classes_ ? static_cast<std::uint16_t>(connection.session->last_class()) : std::uint16_t{0};
  }
  RequestTimes& times_of(const LoadConnection& connection, std::uint32_t place) {
    return request_times_[std::size_t{connection.index} * depth_ + ((connection.first + place) & (depth_ - 1))];
  }

  const AgentPlan plan_;
  const std::uint64_t number_;
  const std::uint64_t first_connection_;
  const std::uint32_t depth_;  ///< Requests in flight per connection: the pipeline, rounded up to a power of two.
  const bool open_;
  const bool increments_;
  bool has_classes_ = false;  ///< Its sessions have.
  const std::uint64_t timeout_ns_;
  const std::atomic<bool>& stop_;
  const SocketAddress peer_;
  SourceAddresses sources_;

  int epoll_ = -1;
  std::vector<LoadConnection> connections_;
  std::vector<RequestTimes> request_times_;        ///< depth_ for each connection: a ring.
  std::vector<LoadConnection*> reconnect_next_;    ///< To be reopened at the end of this round,
  std::vector<LoadConnection*> reconnect_paused_;  ///< or when the pause is over.
  std::vector<LoadConnection*> reconnecting_;
  std::vector<LoadConnection*> unread_;  ///< More has come on them than was read at once.
  std::vector<LoadConnection*> reading_;
  std::vector<char> scratch_;
  std::string batch_;
  std::string connect_error_;

  std::uint64_t issue_until_ns_ = 0;  ///< Closed loop: no batch goes out after it.
  static constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};
  std::uint64_t requests_left_ = kUnlimited;  ///< That may still be sent in this window.
  Schedule schedule_;
  std::optional<SessionLength> session_length_;  ///< Of a load of sessions.
  Thinking thinking_;                            ///< User i is who uses connection i.
  Ring<BacklogEntry> backlog_;
  Ring<Slot> free_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t slowest_ns_ = 0;  ///< Reply so far.
  std::uint64_t closed_idle_ = 0;
  std::uint64_t error_replies_ = 0;
  std::uint64_t stop_seen_ns_ = 0;
  std::uint64_t windows_ = 0;        ///< That have begun,
  std::uint64_t phases_ = 0;         ///< with the warm-ups.
  std::uint64_t open_at_first_ = 0;  ///< Connections, when the first window began.
  std::uint64_t cut_off_ = 0;        ///< Connections that owed replies after a warm-up.
  std::uint64_t next_timers_ns_ = 0;
  std::uint64_t next_reconnect_ns_ = 0;
  std::uint64_t next_expiry_ns_ = 0;
  std::vector<FreedSlots> freed_;  ///< In this round of events.
  workloads::ClientSettings client_settings_;
  std::shared_ptr<workloads::ClientShare> share_;  ///< Of all its sessions.
  workloads::Ledger ledger_;
  std::optional<RunDelay> run_delay_;  ///< Of the OS thread that it belongs to in an open window.
  Recorder recorder_;
};

}  // namespace bakeoff::load
