// The factories behind make_back_end_session(), one per protocol, and what their sessions share.
#pragma once

#include <memory>
#include <string_view>

#include "workloads/back_end.h"
#include "workloads/tail.h"

namespace bakeoff::workloads {

std::unique_ptr<BackEndSession> make_http_back_end();
std::unique_ptr<BackEndSession> make_redis_back_end();
std::unique_ptr<BackEndSession> make_postgres_back_end();

/// Takes one reply at a time off what has come. What comes when nothing was asked, and what follows an answer, breaks
/// the connection: a reply that belongs to nobody would be taken for that to the next request.
class FramedBackEnd : public BackEndSession {
 public:
  Heard consume(std::string_view bytes) final {
    heard_ = Heard::more;
    tail_.drive(
        bytes, [this](std::string_view shown) { return take(shown); }, [this] { return heard_ == Heard::more; });
    if (tail_.size() > kLongestReply || (heard_ != Heard::more && tail_.size() != 0)) heard_ = Heard::broken;
    if (heard_ == Heard::answer && answer().size() > kLongestAnswer) heard_ = Heard::broken;
    return heard_;
  }

 protected:
  /// Takes one message at the front, and calls hear() where it ends a reply; or says how many bytes are needed.
  virtual Taken take(std::string_view bytes) = 0;
  void hear(Heard heard) { heard_ = heard; }
  /// The rest cannot be read.
  Taken broken(std::string_view bytes) {
    heard_ = Heard::broken;
    return {bytes.size(), 0};
  }

 private:
  static constexpr std::size_t kLongestReply = 2 * kLongestAnswer;

  Tail tail_;
  Heard heard_ = Heard::more;
};

}  // namespace bakeoff::workloads
