// Epoll servers on threads of their own.
//
// Who waits: each thread in its loop. Who owns: the crew owns the servers and their threads; it is made, given sockets
// and destroyed by one thread, which is none of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <thread>
#include <utility>

#include "models/epoll_server.h"
#include "models/net.h"

namespace bakeoff {

class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  /// Ends them all and joins them.
  ~Crew() {
    stop_.request();
    for (Member& member : members_) member.inbox.end();
  }

  /// One that accepts. Throws std::system_error.
  void hire(int listener, bool competing, Service& service, std::span<ServerTally> tallies) {
    Member& member = add(service, tallies);
    member.thread = std::jthread([this, &member, listener, competing] {  //
      member.server.serve(listener, competing, stop_.token());
    });
  }

  /// One that gets what deal() gives it. Throws std::system_error.
  void hire_for_dealing(Service& service, std::span<ServerTally> tallies) {
    Member& member = add(service, tallies);
    member.thread = std::jthread([&member] { member.server.serve(member.inbox); });
  }

  /// Gives the socket to one of them; turn after turn, each gets one.
  void deal(Descriptor socket, std::uint64_t turn) { members_[turn % members_.size()].inbox.send(std::move(socket)); }

 private:
  struct Member {
    Member(Service& service, std::span<ServerTally> tallies, std::size_t place) : server(service, tallies, place) {}
    EpollServer server;
    SocketInbox inbox;
    std::jthread thread;  // Joined before the other two go.
  };

  Member& add(Service& service, std::span<ServerTally> tallies) {
    return members_.emplace_back(service, tallies, members_.size());
  }

  StopSource stop_;
  std::deque<Member> members_;
};

}  // namespace bakeoff
