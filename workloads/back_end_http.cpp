// A back end that speaks HTTP/1.1: GET /id/<k>.
#include "workloads/back_end_sessions.h"
#include "workloads/http_last_head.h"
#include "workloads/http_response.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

constexpr unsigned kStatusOk = 200;

class HttpBackEnd final : public FramedBackEnd {
 public:
  void ask(std::uint64_t item, std::string& requests) override {
    requests.append("GET /id/").append(Digits(item).view()).append(" HTTP/1.1\r\nHost: back-end\r\n\r\n");
  }
  std::string_view answer() const override { return answer_; }
  bool closes() const override { return closes_; }

 private:
  Taken take(std::string_view bytes) override {
    if (!reader_.in_body()) {
      const auto [head, body] = last_head_.match(bytes);
      if (head != 0 && bytes.size() < head + body) return {0, head + body};
      if (head != 0) {
        answer_.assign(bytes.substr(head, body));
        hear(Heard::answer);
        return {head + body, 0};
      }
    }
    switch (reader_.read(bytes, false)) {
      case HttpResponseReader::ReadStatus::broken:
        return broken(bytes);
      case HttpResponseReader::ReadStatus::more:
        // The connection is to be used again, so that a reply has to say where it ends.
        return reader_.ends_with_connection() ? broken(bytes) : reader_.taken();
      case HttpResponseReader::ReadStatus::reply:
        break;
    }
    answer_.assign(reader_.body());
    closes_ = reader_.closes();
    const bool good = reader_.status() == kStatusOk;
    good && !closes_ && reader_.has_plain_length() ? last_head_.learn(reader_.head()) : last_head_.forget();
    hear(good ? Heard::answer : Heard::no_value);
    return reader_.taken();
  }

  HttpResponseReader reader_;
  LastHead last_head_;
  std::string answer_;
  bool closes_ = false;
};

}  // namespace

std::unique_ptr<BackEndSession> make_http_back_end() {
  return std::make_unique<HttpBackEnd>();
}

}  // namespace bakeoff::workloads
