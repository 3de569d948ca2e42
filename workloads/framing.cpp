// The shared half of every server session.
#include "workloads/framing.h"

#include <utility>

namespace bakeoff::workloads {

using Want = Step::Want;

Step FramedSession::feed(std::string_view received, std::string& replies) {
  received_ += received.size();
  if (pending_.want == Want::input) {
    const std::size_t before = replies.size();
    go_on(received, replies);
    sent_ += replies.size() - before;
  } else if (pending_.want != Want::close) {
    if (tail_.size() + received.size() > kPendingCap) overrun_ = true;
    if (!overrun_) tail_.keep(received);
  }
  return pending_;
}

Step FramedSession::resume(std::string_view result, std::string& replies) {
  if (pending_.want == Want::input || pending_.want == Want::close) return pending_;
  const std::size_t before = replies.size();
  pending_ = Step::input();
  if (!std::exchange(full_, false)) resumed(result, replies);
  if (pending_.want == Want::input) go_on({}, replies);
  if (pending_.want == Want::close) tail_.clear();
  sent_ += replies.size() - before;
  return pending_;
}

void FramedSession::go_on(std::string_view received, std::string& replies) {
  tail_.drive(
      received, [&](std::string_view bytes) { return take(bytes, replies); },
      [&] {
        full_ = pending_.want == Want::input && replies.size() >= kReplyCap;
        if (full_) pending_ = Step::flush();
        return pending_.want == Want::input;
      });
  if (full_ && tail_.size() == 0) {
    pending_ = Step::input();
    full_ = false;
  }
  if (pending_.want == Want::input) {
    if (tail_.size() > message_cap_) {
      count_request();
      pending_ = Step::close();
    } else if (overrun_) {
      pending_ = Step::close();
    }
  }
  if (pending_.want == Want::close) tail_.clear();  // What follows will never be answered.
}

void FramedSession::resumed(std::string_view /*result*/, std::string& /*replies*/) {}

}  // namespace bakeoff::workloads
