// What a generator thread does for a load of sessions: a session has one request on its way at a time.
#include "harness/load/generator_thread.h"

namespace bakeoff::load {

/// The first request of a session that comes is the same as those of all others of its number: on whichever connection,
/// and of however many threads.
void GeneratorThread::begin_session(LoadConnection& connection, const BacklogEntry& first, std::uint64_t now_ns) {
  connection.session = make_session(first.session);
  connection.session_left = session_length_->requests(plan_.seed, first.session);
  thinking_.arrive(connection.index, first.session);
  recorder_.session_begins(now_ns);
}

void GeneratorThread::end_session(LoadConnection& connection, std::uint64_t now_ns) {
  connection.session_left = 0;
  thinking_.leave(connection.index);
  recorder_.session_ends(now_ns);
}

/// The next request of a session, where it is time for one: it is due at `due_ns`.
void GeneratorThread::go_on(LoadConnection& connection, std::uint64_t due_ns, std::uint64_t now_ns) {
  if (connection.in_flight != 0) return;
  if (now_ns >= issue_until_ns_ && !backlog_.empty()) return make_way(connection, now_ns);
  if (now_ns >= issue_until_ns_ || thinking_.thinks(connection.index)) return;
  recorder_.came_due(due_ns, now_ns);
  batch_.clear();
  append_next(connection, {.due_ns = due_ns, .noticed_ns = now_ns}, now_ns);
  transmit(connection, now_ns);
}

/// The window is over, and users who have come in it still wait for a place: this one, who would ask no more, leaves.
void GeneratorThread::make_way(LoadConnection& connection, std::uint64_t now_ns) {
  end_session(connection, now_ns);
  connection.shut();
  send_next(connection, 1, now_ns);
}

}  // namespace bakeoff::load
