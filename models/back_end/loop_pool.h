// A pool of connections to the back end on a loop: nobody waits in the middle of a call, and whoever makes one is told
// when it is over. The part that no loop's I/O is in: which call gets which connection, what came of it, and when it is
// late. An Asio loop, an epoll loop and a ring add how they connect, send, receive and keep time.
//
// Who waits: nobody here. Who owns: the pool owns its links; a caller owns its LoopCalls, which must stay until they
// are over. All of it is used on the loop's thread.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/net.h"
#include "workloads/back_end.h"
#include "workloads/session.h"

namespace bakeoff::models::back_end {

class LoopLink;

using CallsInLine = boost::intrusive::list_base_hook<boost::intrusive::tag<struct InLine>>;
using CallsUnderWay = boost::intrusive::list_base_hook<boost::intrusive::tag<struct UnderWay>>;

/// The calls that one request makes at once.
class LoopCalls : public CallsInLine, public CallsUnderWay {
 public:
  /// `over` is called on the loop, when a call() has returned false and its calls are over.
  explicit LoopCalls(std::function<void()> over) : over_(std::move(over)) {}

  /// What resume() takes, once they are over.
  std::string result() const;

 private:
  friend class LoopPool;
  friend class LoopLink;
  using Clock = std::chrono::steady_clock;

  std::function<void()> over_;
  workloads::Calls calls_;
  std::size_t begun_ = 0, ended_ = 0;
  workloads::CallOutcome outcome_ = workloads::CallOutcome::answered;
  std::vector<std::string> answers_;
  Clock::time_point begin_, until_;
  bool inside_ = false;  // call() has not returned yet.
};

class LoopPool {
 public:
  using Clock = std::chrono::steady_clock;

  explicit LoopPool(const workloads::BackEndUse& use) : use_(use) {}
  LoopPool(const LoopPool&) = delete;
  LoopPool& operator=(const LoopPool&) = delete;
  virtual ~LoopPool() = default;

  /// True when the calls are over already.
  bool call(LoopCalls& calls, const workloads::Calls& wanted);

  /// Ends all calls under way, and closes every connection. To be called when the loop is to end.
  void end();

 protected:
  virtual std::unique_ptr<LoopLink> make_link() = 0;
  /// Has on_time() called at that time, once; a later call replaces an earlier one.
  virtual void wake_at(Clock::time_point time) = 0;
  void on_time();

 private:
  friend class LoopLink;

  void serve_line();
  LoopLink* take_link();
  void give_back(LoopLink& link);
  void note_end(LoopCalls& calls, workloads::CallOutcome outcome);
  void finish(LoopCalls& calls);
  void fail_late(LoopCalls& calls, workloads::CallOutcome outcome);
  void watch_time();

  const workloads::BackEndUse& use_;
  std::vector<std::unique_ptr<LoopLink>> links_;
  std::deque<LoopLink*> free_;
  // In the order in which they were made, which is that in which they would be late. Those in line have calls to begin.
  boost::intrusive::list<LoopCalls, boost::intrusive::base_hook<CallsInLine>> line_;
  boost::intrusive::list<LoopCalls, boost::intrusive::base_hook<CallsUnderWay>> under_way_;
  bool timed_ = false;  // on_time() is to be called.
  bool serving_line_ = false;
  bool ended_ = false;
};

/// One connection to the back end. Closed at first, and again after a failure.
class LoopLink {
 public:
  LoopLink(LoopPool& pool, const workloads::BackEndUse& use) : pool_(pool), use_(use) {}
  LoopLink(const LoopLink&) = delete;
  LoopLink& operator=(const LoopLink&) = delete;
  virtual ~LoopLink() = default;

 protected:
  /// Begins to connect; on_connected() or on_end() follows, at once or later.
  virtual void connect(const workloads::BackEnd& server) = 0;
  /// Sends everything, or on_end() follows. Never while something is being sent: a connection has one call at a time.
  virtual void send(std::string_view bytes) = 0;
  /// Neither on_received() nor on_end() follows until it is connected again.
  virtual void close() = 0;

  // What the loop's I/O calls. The link may be closed, and used for another call, when these return.
  void on_connected();
  void on_received(std::string_view bytes);
  /// The connection could not be made, or has ended. Until it may be asked, its call is refused, and broken later.
  void on_end();

 private:
  friend class LoopPool;

  void begin(LoopCalls& calls, std::size_t index);
  void ask();
  void fail(workloads::CallOutcome outcome);
  void close_link();

  enum class State : std::uint8_t { closed, connecting, greeting, open };

  LoopPool& pool_;
  const workloads::BackEndUse& use_;
  State state_ = State::closed;
  std::unique_ptr<workloads::BackEndSession> session_;
  LoopCalls* calls_ = nullptr;  // Whose call it makes; none when it is free.
  std::size_t index_ = 0;       // Which of them.
  std::string requests_;
};

}  // namespace bakeoff::models::back_end
