// A pool of connections to the back end for callers that can wait: they block, or suspend, until a connection is free.
//
// Who waits: the caller, on a condition of its own, so that connections go to callers in the order in which they came.
// Who owns: the pool owns the links; a caller holds some of them while it makes its calls. Whoever holds one waits for
// no other, so callers cannot hold each other up for good.
#pragma once

#include <algorithm>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "models/back_end/link.h"
#include "models/stop_request.h"
#include "workloads/back_end.h"
#include "workloads/session.h"
#include "workloads/tallies.h"

namespace bakeoff::models::back_end {

/// A caller that waits looks this often whether the process is to stop.
inline constexpr std::chrono::milliseconds kStopCheck{250};

/// Threads or fibers use it, by their Condition. It has one waiter, who waits until it is notified, and may be woken
/// earlier; not later than at the time that is given, or than wake_late() says so.
template <typename Condition, typename Socket>
class WaitingPool {
 public:
  using Link = BackEndLink<Socket>;

  explicit WaitingPool(const workloads::BackEndUse& use) : use_(use), links_(use.server.pool) {
    for (Link& link : links_) free_.push_back(&link);
  }
  WaitingPool(const WaitingPool&) = delete;
  WaitingPool& operator=(const WaitingPool&) = delete;

  /// Makes the calls, all at once as far as connections are free, and returns what resume() takes. Blocks the caller.
  std::string call(const workloads::Calls& calls) { return call(calls, late_at()); }

  /// The same for calls that were to be made before, and will be late at `until`.
  std::string call(const workloads::Calls& calls, Clock::time_point until) {
    HeldLinks held(*this);
    if (!take(calls.count, until, held.links)) return std::string(word_of(Outcome::late));
    std::string result(1, workloads::kAnsweredMark);
    const Outcome outcome = call(calls, until, held.links, result);
    held.over = outcome == Outcome::answered;
    return held.over ? result : std::string(word_of(outcome));
  }
  /// When a call that is to be made now is late.
  Clock::time_point late_at() const { return Clock::now() + use_.server.timeout; }

  /// For callers whose Condition keeps no time: wakes those that have waited for too long. Returns when the next of
  /// them will have.
  Clock::time_point wake_late(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    for (Waiter& waiter : waiters_) {
      if (waiter.until > now) return waiter.until;
      waiter.given.notify_one();
    }
    return now + use_.server.timeout;
  }
  /// From now on nobody waits for a link.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (Waiter& waiter : waiters_) waiter.given.notify_one();
  }

  /// Calls `use` with every link, free or not, while none changes hands.
  void for_each_link(auto use) {
    const std::lock_guard lock(mutex_);
    for (Link& link : links_) use(link);
  }

 private:
  using Outcome = workloads::CallOutcome;

  struct Waiter : boost::intrusive::list_base_hook<> {
    explicit Waiter(Clock::time_point latest) : until(latest) {}
    Condition given;
    Link* link = nullptr;
    const Clock::time_point until;
  };

  struct HeldLinks {
    explicit HeldLinks(WaitingPool& owner) : pool(owner) {}
    HeldLinks(const HeldLinks&) = delete;
    HeldLinks& operator=(const HeldLinks&) = delete;
    /// Of some of them an answer may still be to come.
    ~HeldLinks() {
      for (Link* link : links) {
        if (!over) link->close();
        pool.give_back(*link);
      }
    }
    bool over = false;
    WaitingPool& pool;
    std::vector<Link*> links{};
  };

  /// Sends the requests, one over each link, and reads the answers in their order. A link whose answer has come gets
  /// the next request.
  Outcome call(const workloads::Calls& calls, Clock::time_point until, const std::vector<Link*>& links,
               std::string& result) const {
    const std::size_t at_once = links.size();
    for (std::size_t i = 0; i < at_once; ++i) {
      if (const Outcome asked = links[i]->ask(use_, calls.item(i), until); asked != Outcome::answered) return asked;
    }
    for (std::size_t i = 0; i < calls.count; ++i) {
      Link& link = *links[i % at_once];
      if (i != 0) result.push_back(' ');
      if (const Outcome heard = link.receive(result, until); heard != Outcome::answered) return heard;
      if (i + at_once >= calls.count) continue;
      const Outcome asked = link.ask(use_, calls.item(i + at_once), until);
      if (asked != Outcome::answered) return asked;
    }
    return Outcome::answered;
  }

  /// Takes at most `most` free links, or waits for one. False where none came in time.
  bool take(std::size_t most, Clock::time_point until, std::vector<Link*>& into) {
    std::unique_lock lock(mutex_);
    while (waiters_.empty() && !free_.empty() && into.size() < most) {
      into.push_back(free_.back());
      free_.pop_back();
    }
    if (!into.empty()) return true;
    const Clock::time_point since = Clock::now();
    Waiter own(until);
    waiters_.push_back(own);
    while (own.link == nullptr && !ended_ && !stop_requested && Clock::now() < until) {
      own.given.wait_until(lock, std::min(until, Clock::now() + kStopCheck));
    }
    use_.tallies.add_call_wait(Clock::now() - since);
    if (own.link == nullptr) {
      waiters_.erase(waiters_.iterator_to(own));
      return false;
    }
    into.push_back(own.link);
    return true;
  }

  /// Gives it to the caller that waits longest. Otherwise an open one is the next to be used, a closed one the last.
  void give_back(Link& link) {
    const std::lock_guard lock(mutex_);
    if (!waiters_.empty()) {
      Waiter& first = waiters_.front();
      waiters_.pop_front();
      first.link = &link;
      first.given.notify_one();
    } else {
      link.is_open() ? free_.push_back(&link) : free_.push_front(&link);
    }
  }

  const workloads::BackEndUse& use_;
  std::mutex mutex_;  // No caller waits while it holds it.
  std::deque<Link> links_;
  std::deque<Link*> free_;
  boost::intrusive::list<Waiter> waiters_;
  bool ended_ = false;
};

}  // namespace bakeoff::models::back_end
