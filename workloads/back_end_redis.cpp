// A back end that speaks the Redis protocol: GET item:<k>.
#include "workloads/back_end_sessions.h"
#include "workloads/integer.h"
#include "workloads/resp.h"

namespace bakeoff::workloads {
namespace {

class RedisBackEnd final : public FramedBackEnd {
 public:
  void ask(std::uint64_t item, std::string& requests) override {
    key_.assign("item:").append(Digits(item).view());
    append_command(requests, {"GET", key_});
  }
  std::string_view answer() const override { return answer_; }

 private:
  Taken take(std::string_view bytes) override {
    switch (scanner_.scan(bytes)) {
      case ReplyScanner::ReadStatus::broken:
      case ReplyScanner::ReadStatus::too_long:
        return broken(bytes);
      case ReplyScanner::ReadStatus::more:
        return scanner_.taken();
      case ReplyScanner::ReadStatus::reply:
        break;
    }
    const std::string_view reply = bytes.substr(0, scanner_.taken().bytes);
    constexpr std::size_t kLineEnd = 2;
    const std::size_t head = reply.find('\n') + 1;
    const bool bulk = reply.starts_with('$') && !reply.starts_with("$-");
    if (bulk) answer_.assign(reply.substr(head, reply.size() - head - kLineEnd));
    hear(bulk ? Heard::answer : Heard::no_value);
    return scanner_.taken();
  }

  ReplyScanner scanner_;
  std::string key_;
  std::string answer_;
};

}  // namespace

std::unique_ptr<BackEndSession> make_redis_back_end() {
  return std::make_unique<RedisBackEnd>();
}

}  // namespace bakeoff::workloads
