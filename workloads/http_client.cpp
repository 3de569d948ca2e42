// The workload `http`, client side: a load that asks for one target for ever, and a verifier.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "workloads/client.h"
#include "workloads/file_set.h"
#include "workloads/http_last_head.h"
#include "workloads/http_requests.h"
#include "workloads/http_response.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/script.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

std::string target_of(const ClientSettings& settings) {
  return settings.request.empty() ? "/" : settings.request;
}

void count_error(Consumed& consumed, unsigned status) {
  if (consumed.error_replies++ == 0) consumed.status = static_cast<std::uint16_t>(status);
}

/// Reads whole replies and has each of them judged.
class HttpReplyClient : public FramedClient {
 protected:
  /// Whether the reply that comes next is to a HEAD request, and so has no body.
  virtual bool is_to_head() const { return false; }
  /// Judges the reply that comes next.
  virtual void judge(const HttpResponseReader& reply, Consumed& consumed) = 0;
  /// The server closes the connection: what else has been asked will not be answered.
  virtual void skip_due() = 0;

  Taken take(std::string_view bytes, Consumed& consumed) override {
    switch (reader_.read(bytes, is_to_head())) {
      case HttpResponseReader::ReadStatus::broken:
        return broken(consumed, reader_.problem(), bytes);
      case HttpResponseReader::ReadStatus::more:
        return reader_.taken();
      case HttpResponseReader::ReadStatus::reply:
        break;
    }
    answered(consumed);
    judge(reader_, consumed);
    if (reader_.closes()) {
      consumed.closing = true;
      skip_due();
      forget_due();
    }
    return reader_.taken();
  }
  bool in_reply() const { return reader_.in_reply(); }

 private:
  HttpResponseReader reader_;
};

class HttpClient final : public HttpReplyClient {
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
  std::span<const std::string> classes() const override { return requests_.classes(); }
  std::size_t last_class() const override { return requests_.class_of(made_ - 1); }

 private:
  /// A file's body, which is checked as it comes and kept nowhere.
  struct FileBody {
    std::uint64_t file = 0, size = 0, done = 0;
    bool right = true;
  };

  Taken take(std::string_view bytes, Consumed& consumed) override {
    if (in_file_) return take_file(bytes, consumed);
    if (!in_reply()) {
      const auto [head, body] = last_head_.match(bytes);
      if (head != 0 && check_ && requests_.files() != 0) {
        const ExpectedBody due = requests_.expected(checked_, body_buffer_);
        if (due.kind == ExpectedBody::Kind::file) {
          if (!file_body_) file_body_ = std::make_unique<FileBody>();
          *file_body_ = {.file = due.file, .size = body};
          in_file_ = true;
          const Taken taken = take_file(bytes.substr(head), consumed);
          return {head + taken.bytes, taken.needs};
        }
      }
      if (head != 0) {
        if (bytes.size() < head + body) return {0, head + body};
        answered(consumed);
        check(bytes.substr(head, body), consumed);
        return {head + body, 0};
      }
    }
    return HttpReplyClient::take(bytes, consumed);
  }

  void judge(const HttpResponseReader& reply, Consumed& consumed) override {
    const unsigned status = reply.status();
    // A redirect is not the page that was asked for.
    if (status >= 400 || (status >= 300 && check_)) {
      ++checked_;
      count_error(consumed, status);
      complain("a 2xx status", reply.head());
    } else {
      check(reply.body(), consumed);
    }
    if (status == 200 && !reply.closes()) {
      last_head_.learn(reply.head());
    } else {
      last_head_.forget();
    }
  }

  void skip_due() override { checked_ = made_; }

  Taken take_file(std::string_view bytes, Consumed& consumed) {
    FileBody& body = *file_body_;
    const std::string_view part = bytes.substr(0, body.size - body.done);
    if (body.right && !is_file_part(body.file, body.size, body.done, part)) {
      body.right = false;
      complain_of_file(body.file, body.size, body.done, part);
    }
    body.done += part.size();
    if (body.done < body.size) return {part.size(), 1};
    answered(consumed);
    ++checked_;
    ++consumed.files;
    if (!body.right) ++consumed.wrong;
    in_file_ = false;
    return {part.size(), 0};
  }

  void complain_of_file(std::uint64_t file, std::uint64_t size, std::uint64_t from, std::string_view came) {
    if (has_complaint()) return;
    complain("file " + std::to_string(file) + " of " + std::to_string(size) + " bytes, from byte " +
                 std::to_string(from) + " on",
             came);
  }

  void check(std::string_view body, Consumed& consumed) {
    const std::uint64_t index = checked_++;
    if (!check_) return;
    const ExpectedBody due = requests_.expected(index, body_buffer_);
    switch (due.kind) {
      case ExpectedBody::Kind::text:
        if (body == due.text) {
          consumed.calls += due.calls;
          return;
        }
        complain(due.text, body);
        break;
      case ExpectedBody::Kind::file:
        ++consumed.files;
        if (is_file_part(due.file, body.size(), 0, body)) return;
        complain_of_file(due.file, body.size(), 0, body);
        break;
      case ExpectedBody::Kind::learnt:
        if (!*learnt_) learnt_->emplace(body);
        if (body == **learnt_) return;
        if (!has_complaint()) complain("the same body as before: " + **learnt_, body);
        break;
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
  std::unique_ptr<FileBody> file_body_;  ///< Made for the first; most loads ask for none.
  bool in_file_ = false;                 ///< One is being read.
};

/// Asks once for everything that our server answers. A target that is not ours is asked for twice: it has to be there
/// and to stay as it is.
class HttpVerifier final : public HttpReplyClient {
 public:
  explicit HttpVerifier(const ClientSettings& settings) : host_(settings.host) {
    const std::string target = target_of(settings);
    const HttpRequests asked(target, settings.host, stream_of(settings.seed, settings.connection));
    const bool files = target.starts_with("/file/");
    const bool ours = target == "/" || target.starts_with("/id/") || target.starts_with("/wait/") ||
                      target.starts_with("/work/") || asked.call() || files || !asked.classes().empty();
    if (!ours) {
      std::string one = target;
      const std::size_t mark = one.find(kNumberMark);
      if (mark == std::string::npos) {
        add("GET", target, {.status = 200});
        add("GET", target, {.status = 200});
      } else {
        one.replace(mark, kNumberMark.size(), "42");
        add("GET", one, {.status = 200, .body = "42"});
      }
      return;
    }
    const bool hello = settings.whole || target == "/";
    if (hello) add("GET", "/", {.status = 200, .body = std::string(kHelloBody)});
    if (settings.whole || target.starts_with("/id/")) {
      const std::uint64_t stream = stream_of(settings.seed, settings.connection);
      for (const std::uint64_t k : {std::uint64_t{0}, UINT64_MAX, mix(stream), mix(stream) >> 32}) {
        const std::string text(Digits(k).view());
        add("GET", "/id/" + text, {.status = 200, .body = text});
      }
    }
    if (hello) add("HEAD", "/", {.is_to_head = true, .status = 200, .body = ""});
    if (settings.whole && files) add("GET", "/file/18446744073709551615", {.status = 404});
    add("GET", "/no-such-target", {.status = 404});
    // A few of the requests to come; of a mixture the first of each kind as well.
    for (std::uint64_t i = 0; i < kAskedAhead; ++i) add(asked, i);
    std::vector<bool> seen(asked.classes().size());
    for (std::uint64_t i = 0; i < kSearched && std::ranges::count(seen, false) != 0; ++i) {
      const std::size_t kind = asked.class_of(i);
      if (!seen[kind] && i >= kAskedAhead) add(asked, i);
      seen[kind] = true;
    }
  }

  bool next_request(std::string& requests) override {
    if (!script_.next_request(requests)) return false;
    asked();
    return true;
  }

 private:
  struct ExpectedReply {
    bool is_to_head = false;
    unsigned status = 200;                ///< 200 stands for any 2xx when neither body nor file is set.
    std::optional<std::string> body{};    ///< Unset: anything, but every time the same.
    std::optional<std::uint64_t> file{};  ///< What the body has to be.
    std::uint32_t calls = 0;              ///< Calls of the back end that stand behind it.
  };

  static constexpr std::uint64_t kAskedAhead = 3;
  static constexpr std::uint64_t kSearched = 100'000;

  void add(const HttpRequests& asked, std::uint64_t index) {
    std::string request, buffer;
    asked.append(request, index);
    if (script_.ends_with(request)) return;  // The requests are all the same.
    const ExpectedBody due = asked.expected(index, buffer);
    if (due.kind == ExpectedBody::Kind::text) {
      script_.add(request, {.body = std::string(due.text), .calls = due.calls});
    }
    if (due.kind == ExpectedBody::Kind::file) script_.add(request, {.file = due.file});
  }

  void add(const std::string& method, const std::string& target, ExpectedReply expected) {
    script_.add(method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n", std::move(expected));
  }

  bool is_to_head() const override { return script_.due().expected.is_to_head; }

  void judge(const HttpResponseReader& reply, Consumed& consumed) override {
    const auto& [request, expected] = script_.take_due();
    const bool known_body = expected.body || expected.file || expected.status >= 400;
    const bool good_status =
        known_body ? reply.status() == expected.status : reply.status() >= 200 && reply.status() < 300;
    if (reply.status() >= 400) count_error(consumed, reply.status());
    if (expected.file && good_status) ++consumed.files;
    if (!good_status) {
      ++consumed.wrong;
      complain("status " + std::to_string(expected.status) + " for " + request, reply.head());
    } else if (expected.file && !is_file_part(*expected.file, reply.body().size(), 0, reply.body())) {
      ++consumed.wrong;
      complain("file " + std::to_string(*expected.file) + " of " + std::to_string(reply.body().size()) + " bytes",
               reply.body());
    } else if (expected.body ? reply.body() != *expected.body : !known_body && !is_stable(reply.body())) {
      ++consumed.wrong;
      complain(expected.body ? *expected.body : *learnt_, reply.body());
    } else {
      consumed.calls += expected.calls;
    }
  }

  void skip_due() override { script_.skip_due(); }

  bool is_stable(std::string_view body) {
    if (!learnt_) learnt_.emplace(body);
    return *learnt_ == body;
  }

  std::string host_;
  Script<ExpectedReply> script_;
  std::optional<std::string> learnt_;
};

}  // namespace

std::unique_ptr<ClientSession> make_http_client(const ClientSettings& settings) {
  return std::make_unique<HttpClient>(settings);
}

std::unique_ptr<ClientSession> make_http_verifier(const ClientSettings& settings) {
  return std::make_unique<HttpVerifier>(settings);
}

std::uint64_t http_files_asked(std::string_view request) {
  return request.empty() ? 0 : HttpRequests(request, "127.0.0.1", 0).files();
}

bool http_calls_back_end(std::string_view request) {
  return !request.empty() && HttpRequests(request, "127.0.0.1", 0).call();
}

}  // namespace bakeoff::workloads
