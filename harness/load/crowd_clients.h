// Connections beside the measured load: idle ones, clients that send one byte at a time, and clients that never read.
//
// This is what C10K is about: they cost a server memory, a thread or a place in a pool, and do next to nothing. They
// run on a thread of their own, so that a generator thread never waits for them. That thread is on the load's CPUs:
// thousands of slow senders take CPU from the generator threads, which shows in the slip.
// Who waits: the calling thread, in epoll_wait.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "harness/load/connector.h"
#include "harness/load/plan.h"

namespace bakeoff::load {

class CrowdClients {
 public:
  CrowdClients(const AgentPlan& plan, const SocketAddress& peer, const std::atomic<bool>& stop);
  ~CrowdClients();
  CrowdClients(const CrowdClients&) = delete;

  bool wanted() const { return !connections_.empty(); }

  /// Blocks up to the connect timeout, and as long again where the idle ones ask.
  void connect_all();
  std::uint64_t connected() const;
  const std::string& connect_error() const { return connect_error_; }

  /// Keeps the slow ones slow and the idle ones idle until `over`. A connection that the server drops is counted and
  /// not reopened.
  void run_until(const std::atomic<bool>& over);

  /// Once run_until() has returned. The connections stay open.
  AgentResult result() const;

 private:
  enum class Kind : std::uint8_t { idle, slow_sender, slow_reader };

  Kind kind_of(const LoadConnection& connection) const;
  journal::CrowdFacts open_now() const;
  void connect_failed(LoadConnection& connection, int code);
  void ask_once_on_idle();
  void send_bytes();
  void on_event(LoadConnection& connection, std::uint32_t events);
  void read_reply(LoadConnection& connection);
  void send_requests(LoadConnection& connection);
  void drop(LoadConnection& connection);
  void next_request(LoadConnection& connection);

  const AgentPlan plan_;
  const SocketAddress peer_;
  const std::atomic<bool>& stop_;
  SourceAddresses sources_;
  std::shared_ptr<workloads::ClientShare> share_;  ///< Of its sessions.
  int epoll_ = -1;
  std::vector<LoadConnection> connections_;  ///< The idle, then the slow senders, then the slow readers.
  std::vector<char> scratch_;
  std::string connect_error_;
  std::map<int, std::uint64_t> connect_failures_;  ///< By errno.
  journal::CrowdFacts crowd_;
  std::uint64_t error_replies_ = 0;
  AgentResult result_;
};

}  // namespace bakeoff::load
