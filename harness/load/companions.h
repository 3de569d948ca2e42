// The connections beside a load: an idle crowd, senders that take a pause behind every byte, readers that never read.
//
// What C10K is about: they cost a server memory, a thread or a place in a pool, and do next to nothing. Kept on a
// thread of their own, so that a lane never waits for them; on the load's CPUs, so that thousands of slow senders take
// CPU from the lanes and show in their slip.
// Who waits: the calling thread, in epoll_wait.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "harness/load/connector.h"
#include "harness/load/plan.h"

namespace bakeoff {

class Companions {
 public:
  Companions(const AgentPlan& plan, const Peer& peer, const std::atomic<bool>& stop);
  ~Companions();
  Companions(const Companions&) = delete;

  bool wanted() const { return !links_.empty(); }

  /// Blocks up to the connect timeout, and as long again where the idle ones ask.
  void connect_all();
  std::uint64_t connected() const;
  const std::string& connect_complaint() const { return connect_complaint_; }

  /// Slow ones are slow, idle ones are idle, until `over`. One that the server drops is counted and stays away.
  void tend(const std::atomic<bool>& over);

  /// Once tend() has returned. The connections stay open.
  AgentResult result() const;

 private:
  enum class Kind : std::uint8_t { idle, slow_sender, slow_reader };

  Kind kind_of(const Link& link) const;
  Crowd open_now() const;
  void not_connected(Link& link, int code);
  void be_served_once();
  void send_bytes();
  void on_event(Link& link, std::uint32_t events);
  void read_reply(Link& link);
  void ask_on(Link& link);
  void drop(Link& link);
  void next_request(Link& link);

  const AgentPlan plan_;
  const Peer peer_;
  const std::atomic<bool>& stop_;
  Sources sources_;
  int epoll_ = -1;
  std::vector<Link> links_;  ///< The idle, then the slow senders, then the slow readers.
  std::vector<char> scratch_;
  std::string connect_complaint_;
  std::map<int, std::uint64_t> not_connected_;  ///< By errno.
  Crowd crowd_;
  std::uint64_t error_replies_ = 0;
  AgentResult result_;
};

}  // namespace bakeoff
