// The users of a closed load, and those of sessions: each has a connection, and thinks between the last reply to it and
// its next request, as those of an interactive system do (Denning and Buzen, "The operational analysis of queueing
// network models", ACM Computing Surveys 10(3), 1978: N users who think for Z on average and wait R for each reply ask
// N / (Z + R) times a second). Pure: knows no sockets and reads no clock.
//
// What user u of a load thinks, in which order, is drawn from the seed: the same for every subject, however many
// threads share the load. Time passes for users only while the load runs. Between two windows they stand still, so that
// none of them comes due meanwhile and the next window does not begin with a crowd.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "workloads/draws.h"

namespace bakeoff::load {

/// "fixed:US", "exponential:MEAN_US" or "lognormal:MEDIAN_US,SIGMA", up to ten minutes. Throws std::invalid_argument in
/// one line.
workloads::AmountDraw parse_think_time(std::string_view text);

class Thinking {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  enum class At : std::uint8_t { first, arrival };  ///< When the users are there: from the first, or as they arrive.

  /// `users` of a load, of which the first has the number `first`. With an empty text nobody thinks.
  Thinking(std::string_view text, std::uint64_t seed, std::uint64_t first, std::size_t users, At there = At::first);

  /// The load runs from `now_ns` on. The first time, every user who is there from the first is in the midst of a
  /// thought.
  void resume(std::uint64_t now_ns);
  /// Somebody else, with the number `number`, in the place of a user who does not think.
  void arrive(std::uint32_t user, std::uint64_t number) { users_[user] = {.number = number}; }
  /// The user is gone, from its thought too.
  void leave(std::uint32_t user);
  /// It does not run any more.
  void suspend(std::uint64_t now_ns);

  /// The user has its reply, at `now_ns`, and thinks now. Nothing changes where it does already.
  void begin(std::uint32_t user, std::uint64_t now_ns) {
    if (draw_ && !users_[user].thinks) think(user, now_ns);
  }
  bool thinks(std::uint32_t user) const { return draw_ && users_[user].thinks; }

  /// When the first of them asks next; kNever while the load does not run.
  std::uint64_t next_ns() const { return running_ && !queue_.empty() ? queue_.front().due_ns : kNever; }
  /// That user, whose thought is over.
  std::uint32_t pop();

 private:
  struct User {
    std::uint64_t number = 0;
    std::uint32_t thoughts = 0;
    bool thinks = false;
  };
  struct Due {
    std::uint64_t due_ns = 0;
    std::uint32_t user = 0;
    std::uint64_t number = 0;  ///< The user's: one that is there no more has left this behind.
    bool operator>(const Due& other) const { return due_ns > other.due_ns; }
  };
  void think(std::uint32_t user, std::uint64_t now_ns);
  void push(std::uint32_t user, std::uint64_t due_ns);
  void drop_front();
  void drop_left();
  std::uint64_t stream(std::uint32_t user) const;

  std::optional<workloads::AmountDraw> draw_;
  const std::uint64_t seed_;
  const At there_;
  std::vector<User> users_;
  std::vector<Due> queue_;  ///< A heap, the first to ask in front.
  bool begun_ = false, running_ = false;
  std::uint64_t suspended_ns_ = 0;
};

}  // namespace bakeoff::load
