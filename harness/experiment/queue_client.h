// The harness's own connection to the queue: it puts jobs in, looks how far they are, puts back what dead workers had
// taken, and reads the records.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/blocking_connection.h"
#include "harness/load/load_connection.h"

namespace bakeoff::experiment {

/// Every call blocks for one exchange, or several, and throws load::ExchangeError when the connection fails, its time
/// is over, or the reply is an error.
class QueueClient {
 public:
  /// Connects. No call goes on after `deadline_ns` on CLOCK_MONOTONIC, or once the user has asked to stop.
  QueueClient(std::uint16_t port, std::uint64_t deadline_ns);
  QueueClient(const QueueClient&) = delete;
  QueueClient& operator=(const QueueClient&) = delete;

  /// Puts the texts at the end of the queue, which workers see at once. Does not wait for the reply, because the next
  /// job may be due before it comes; a later call tells of an error.
  void put(std::span<const std::string> texts);
  /// Keeps them aside until release() makes them the queue, all in one moment.
  void stage(std::span<const std::string> texts);
  void release();

  struct State {
    std::uint64_t waiting = 0;                 ///< Jobs in the queue.
    std::uint64_t recorded = 0;                ///< Records.
    std::uint64_t connected = 0, blocked = 0;  ///< Workers, and those of them that wait for a job.
    /// No worker has a job, and none will get one of its own accord.
    bool settled() const { return waiting == 0 && blocked != 0 && blocked == connected; }
  };
  /// All of it at one moment.
  State look();

  /// Moves what workers of this process have taken to the end of the queue; returns how many jobs these were.
  std::uint64_t put_back(pid_t process);

  std::vector<std::string> records();

 private:
  /// A reply: its elements where it is an array, otherwise its one text or number.
  std::vector<std::string> ask(std::initializer_list<std::string_view> command);
  void push(std::string_view list, std::span<const std::string> texts);
  std::string read_reply();
  /// Reads the replies to what has been pushed.
  void read_replies_to_pushes();

  const load::SocketAddress peer_;
  load::BlockingConnection connection_;
  std::string received_;
  std::size_t unread_ = 0;  ///< Replies that are still to come, to what has been pushed.
};

/// The texts in a reply that is complete, without nesting: those of an array, or one. Absent elements are left out.
/// Throws load::ExchangeError for an error reply. Pure.
std::vector<std::string> texts_of_reply(std::string_view reply);

/// The number behind "NAME:" in what INFO says; 0 where it is missing.
std::uint64_t number_in_info(std::string_view info, std::string_view name);

}  // namespace bakeoff::experiment
