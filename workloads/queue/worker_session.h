// A worker's side of its conversation with a queue in Redis, without I/O: the mirror of a server's session. Redis sends
// jobs as replies, and what is done next is a Step like that of any other session. So the bodies that serve connections
// (models/connection.h) carry workers too, and a model decides only who waits.
//
//   -> PING                                      sent by the one who connects; the reply begins the conversation
//   -> BLMOVE jobs taken:W LEFT RIGHT 0          acknowledge after: the job lies in the worker's list while it is done
//   -> BLPOP jobs 0                              acknowledge before: the job is the worker's alone
//   (the job: a wait or a computation)
//   -> RPUSH records "ID TAKEN FINISHED ANSWER"  its effect
//   -> LREM taken:W 1 JOB                        acknowledge after: only now, together with the next BLMOVE
//
// Both take two exchanges for each job. With `after` a worker may die between the effect and the acknowledgement; the
// job is then done once more. Left out: taking several jobs ahead, priorities, results other than the record.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "workloads/queue/queued_job.h"
#include "workloads/resp.h"
#include "workloads/session.h"

namespace bakeoff::workloads::queue {

/// What to send on a new connection to the queue, before it is handed to a session.
inline constexpr std::string_view kFirstRequest = "*1\r\n$4\r\nPING\r\n";

class WorkerSession final : public ServerSession {
 public:
  /// CLOCK_REALTIME in nanoseconds. May be called by any thread.
  using Clock = std::function<std::uint64_t()>;

  /// `name` is one that no other worker of the queue has. `clock` outlives this.
  WorkerSession(std::string_view name, Acknowledge acknowledge, const Clock& clock);

  /// Replies of Redis in any split. `requests` are what to send next.
  Step feed(std::string_view received, std::string& requests) override;
  /// The job is done: `result` is the answer of a computation.
  Step resume(std::string_view result, std::string& requests) override;

  /// Why it wants to close: an error reply, a reply that was not expected, or a job that is none; "" otherwise.
  const std::string& error() const { return error_; }

 private:
  enum class Awaits : std::uint8_t { greeting, acknowledgement, job, record, nothing };

  Step take(std::string_view reply, std::string& requests);
  void ask_for_job(std::string& requests);
  Step begin(std::string_view text);
  Step fail(std::string_view reply);

  const std::string taken_list_;
  const Acknowledge acknowledge_;
  const Clock& clock_;
  std::string buffered_;
  ReplyScanner scanner_;
  Awaits awaits_ = Awaits::greeting;
  Step step_ = Step::input();  ///< What is pending.
  QueuedJob job_;
  std::string job_text_;
  std::uint64_t taken_ns_ = 0;
  std::string error_;
};

/// The job in a reply to BLMOVE (a bulk) or to BLPOP (an array of the list's name and the job); "" in any other. The
/// reply is complete.
std::string_view job_in_reply(std::string_view reply);

}  // namespace bakeoff::workloads::queue
