// The workload `http`, client side: a load that asks for one target for ever, and a verifier.
#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "workloads/client.h"
#include "workloads/http_requests.h"
#include "workloads/http_response.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kTargetNumberMark = "{k}";
constexpr std::string_view kExpectedHello = "Hello, World!";

/// The head of the last reply. A server's next head is nearly always the same bytes but for the digits of its
/// Content-Length; then nothing has to be parsed.
class LastHead {
 public:
  /// Remembers a head that was parsed and found good, if it has the one simple form.
  void learn(std::string_view head) {
    constexpr std::string_view kName = "\r\ncontent-length:";
    const auto same = [](char left, char right) {
      return left == right || (left >= 'A' && left <= 'Z' && left + ('a' - 'A') == right);
    };
    const auto found = std::search(head.begin(), head.end(), kName.begin(), kName.end(), same);
    head_.clear();
    if (found == head.end()) return;
    auto at = static_cast<std::size_t>(found - head.begin()) + kName.size();
    while (head[at] == ' ') ++at;
    std::size_t end = at;
    while (head[end] >= '0' && head[end] <= '9') ++end;
    if (end == at || head[end] != '\r') return;
    head_.reserve(head.size());
    head_.assign(head.substr(0, at)).append(head.substr(end));
    digits_at_ = at;
  }
  void forget() { head_.clear(); }

  /// The size of the head at the front of `bytes` when it is this one again, and the size of its body; else {0, 0}.
  struct Sizes {
    std::size_t head = 0;
    std::size_t body = 0;
  };
  Sizes match(std::string_view bytes) const {
    if (head_.empty() || bytes.size() <= head_.size()) return {};
    if (std::memcmp(bytes.data(), head_.data(), digits_at_) != 0) return {};
    constexpr std::size_t kMostDigits = 7;  // 4 MiB
    std::size_t body = 0;
    std::size_t at = digits_at_;
    for (; at < bytes.size() && at <= digits_at_ + kMostDigits && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
      body = body * 10 + static_cast<std::size_t>(bytes[at] - '0');
    }
    const std::size_t digits = at - digits_at_;
    const std::size_t rest = head_.size() - digits_at_;
    if (digits == 0 || digits > kMostDigits || body > kMessageCap / 2 || bytes.size() < at + rest) return {};
    if (std::memcmp(bytes.data() + at, head_.data() + digits_at_, rest) != 0) return {};
    return {head_.size() + digits, body};
  }

 private:
  std::string head_;  ///< Without the digits of the Content-Length.
  std::size_t digits_at_ = 0;
};

std::string target_of(const ClientSettings& settings) {
  return settings.request.empty() ? "/" : settings.request;
}

void count_error(Consumed& consumed, unsigned status) {
  if (consumed.error_replies++ == 0) consumed.status = static_cast<std::uint16_t>(status);
}

class HttpClient final : public FramedClient {
 public:
  explicit HttpClient(const ClientSettings& settings)
      : requests_(target_of(settings), settings.host, stream_of(settings.seed, settings.connection)),
        check_(settings.check),
        learnt_(settings.learnt != nullptr ? settings.learnt : &own_learnt_) {}

  bool next_request(std::string& requests) override {
    requests_.append(requests, made_++);
    asked();
    return true;
  }
  bool mixes() const override { return requests_.mixes(); }
  bool last_is_heavy() const override { return requests_.is_heavy(made_ - 1); }

 private:
  Taken take(std::string_view bytes, Consumed& consumed) override {
    if (!reader_.in_reply()) {
      const auto [head, body] = last_head_.match(bytes);
      if (head != 0) {
        if (bytes.size() < head + body) return {0, head + body};
        answered(consumed);
        check(bytes.substr(head, body), consumed);
        return {head + body, 0};
      }
    }
    switch (reader_.read(bytes, false)) {
      case HttpResponseReader::ReadStatus::broken:
        return broken(consumed, reader_.problem(), bytes);
      case HttpResponseReader::ReadStatus::more:
        return reader_.taken();
      case HttpResponseReader::ReadStatus::reply:
        break;
    }
    answered(consumed);
    const unsigned status = reader_.status();
    // A redirect is not the page that was asked for.
    if (status >= 400 || (status >= 300 && check_)) {
      ++checked_;
      count_error(consumed, status);
      complain("a 2xx status", reader_.head());
    } else {
      check(reader_.body(), consumed);
    }
    if (status == 200 && !reader_.closes()) {
      last_head_.learn(reader_.head());
    } else {
      last_head_.forget();
    }
    const Taken taken = reader_.taken();
    if (reader_.closes()) {
      consumed.closing = true;
      checked_ = made_;
      forget_due();
    }
    return taken;
  }

  void check(std::string_view body, Consumed& consumed) {
    const std::uint64_t index = checked_++;
    if (!check_) return;
    if (const auto known = requests_.expected_body(index, body_buffer_)) {
      if (body == *known) return;
      complain(*known, body);
    } else {
      if (!*learnt_) learnt_->emplace(body);
      if (body == **learnt_) return;
      if (!has_complaint()) complain("the same body as before: " + **learnt_, body);
    }
    ++consumed.wrong;
  }

  HttpRequests requests_;
  const bool check_;
  std::uint64_t made_ = 0;
  std::uint64_t checked_ = 0;
  std::string body_buffer_;
  std::optional<std::string> own_learnt_;
  std::optional<std::string>* learnt_;  ///< The load's, or its own.
  LastHead last_head_;
  HttpResponseReader reader_;
};

/// What our server answers, asked once; or of a target that is not ours, that it is there and stays as it is.
class HttpVerifier final : public FramedClient {
 public:
  explicit HttpVerifier(const ClientSettings& settings) : host_(settings.host) {
    const std::string target = target_of(settings);
    const HttpRequests asked(target, settings.host, stream_of(settings.seed, settings.connection));
    const bool ours = target == "/" || target.starts_with("/id/") || target.starts_with("/wait/") ||
                      target.starts_with("/work/") || asked.mixes();
    if (!ours) {
      std::string one = target;
      const std::size_t mark = one.find(kTargetNumberMark);
      if (mark == std::string::npos) {
        add("GET", target, 200, std::nullopt);
        add("GET", target, 200, std::nullopt);
      } else {
        one.replace(mark, kTargetNumberMark.size(), "42");
        add("GET", one, 200, "42");
      }
      return;
    }
    const bool hello = settings.whole || target == "/";
    if (hello) add("GET", "/", 200, std::string(kExpectedHello));
    if (settings.whole || target.starts_with("/id/")) {
      const std::uint64_t stream = stream_of(settings.seed, settings.connection);
      for (const std::uint64_t k : {std::uint64_t{0}, UINT64_MAX, mix(stream), mix(stream) >> 32}) {
        const std::string text(Digits(k).view());
        add("GET", "/id/" + text, 200, text);
      }
    }
    if (hello) add("HEAD", "/", 200, "");
    add("GET", "/no-such-target", 404, std::nullopt);
    // A few of the requests to come; of a mixture the first that computes as well.
    std::uint64_t heavy = kAskedAhead;
    while (asked.mixes() && heavy < kSearched && !asked.is_heavy(heavy)) ++heavy;
    for (std::uint64_t i = 0; i < kAskedAhead; ++i) add(asked, i);
    if (asked.mixes()) add(asked, heavy);
  }

  bool next_request(std::string& requests) override {
    if (made_ == script_.size()) return false;
    requests.append(script_[made_++].request);
    asked();
    return true;
  }

 private:
  struct Line {
    std::string request;
    bool to_head;
    unsigned status;                  ///< 200 stands for any 2xx when the body is not ours to know.
    std::optional<std::string> body;  ///< Unset: anything, but every time the same.
  };

  static constexpr std::uint64_t kAskedAhead = 3;
  static constexpr std::uint64_t kSearched = 100'000;

  void add(const HttpRequests& asked, std::uint64_t index) {
    std::string request, buffer;
    asked.append(request, index);
    if (!script_.empty() && script_.back().request == request) return;  // One that is always the same.
    if (const auto body = asked.expected_body(index, buffer)) script_.push_back({request, false, 200, std::string(*body)});
  }

  void add(const std::string& method, const std::string& target, unsigned status, std::optional<std::string> body) {
    script_.push_back({method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n", method == "HEAD", status,
                       std::move(body)});
  }

  Taken take(std::string_view bytes, Consumed& consumed) override {
    const Line& line = script_[checked_];
    switch (reader_.read(bytes, line.to_head)) {
      case HttpResponseReader::ReadStatus::broken:
        return broken(consumed, reader_.problem(), bytes);
      case HttpResponseReader::ReadStatus::more:
        return reader_.taken();
      case HttpResponseReader::ReadStatus::reply:
        break;
    }
    ++checked_;
    answered(consumed);
    const bool known_body = line.body.has_value() || line.status >= 400;
    const bool good_status =
        known_body ? reader_.status() == line.status : reader_.status() >= 200 && reader_.status() < 300;
    if (reader_.status() >= 400) count_error(consumed, reader_.status());
    if (!good_status) {
      ++consumed.wrong;
      complain("status " + std::to_string(line.status) + " for " + line.request, reader_.head());
    } else if (line.body ? reader_.body() != *line.body : !known_body && !is_stable(reader_.body())) {
      ++consumed.wrong;
      complain(line.body ? *line.body : *learnt_, reader_.body());
    }
    if (reader_.closes()) {
      consumed.closing = true;
      checked_ = made_;
      forget_due();
    }
    return reader_.taken();
  }

  bool is_stable(std::string_view body) {
    if (!learnt_) learnt_.emplace(body);
    return *learnt_ == body;
  }

  std::string host_;
  std::vector<Line> script_;
  std::size_t made_ = 0;
  std::size_t checked_ = 0;
  std::optional<std::string> learnt_;
  HttpResponseReader reader_;
};

}  // namespace

std::unique_ptr<ClientSession> make_http_client(const ClientSettings& settings) {
  return std::make_unique<HttpClient>(settings);
}

std::unique_ptr<ClientSession> make_http_verifier(const ClientSettings& settings) {
  return std::make_unique<HttpVerifier>(settings);
}

}  // namespace bakeoff::workloads
