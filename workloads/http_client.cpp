// The workload `http`, client side: a load that asks for ever.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "workloads/file_set.h"
#include "workloads/http_last_head.h"
#include "workloads/http_reply_client.h"
#include "workloads/http_requests.h"
#include "workloads/mix.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

/// What the connections of a thread share.
struct HttpShare final : ClientShare {
  explicit HttpShare(const ClientSettings& settings) : requests(settings), learnt(requests.kinds()) {}

  HttpRequests requests;
  std::vector<std::optional<std::string>> learnt;  ///< Of each kind: the body of the first reply.
};

std::shared_ptr<HttpShare> shared_by(const ClientSettings& settings) {
  if (settings.share == nullptr) return std::make_shared<HttpShare>(settings);
  if (!*settings.share) *settings.share = std::make_shared<HttpShare>(settings);
  return std::static_pointer_cast<HttpShare>(*settings.share);
}

class HttpClient final : public HttpReplyClient {
 public:
  explicit HttpClient(const ClientSettings& settings)
      : HttpReplyClient(settings.check ? HttpResponseReader::Bodies::kept : HttpResponseReader::Bodies::counted),
        share_(shared_by(settings)),
        requests_(share_->requests),
        stream_(stream_of(settings.seed, settings.connection)),
        check_(settings.check) {}

  bool next_request(std::string& requests) override {
    last_class_ = requests_.append(requests, stream_, made_++);
    asked();
    return true;
  }
  std::span<const std::string> classes() const override { return requests_.classes(); }
  std::size_t last_class() const override { return last_class_; }

 private:
  /// A file's body, which is checked as it comes and kept nowhere.
  struct FileBody {
    std::uint64_t file = 0, size = 0, done = 0;
    bool right = true;
  };

  bool is_to_head() const override { return requests_.to_head(); }

  Taken take(std::string_view bytes, Consumed& consumed) override {
    if (in_file_) return take_file(bytes, consumed);
    if (uncompared_ != 0) return pass_over(bytes, consumed);
    if (!in_body()) {
      const auto [head, body] = last_head_.match(bytes);
      if (head != 0) {
        skip_reply();
        return take_known(bytes, head, body, consumed);
      }
    }
    return HttpReplyClient::take(bytes, consumed);
  }

  /// A reply whose head is as the last one was.
  Taken take_known(std::string_view bytes, std::size_t head, std::size_t body, Consumed& consumed) {
    const auto behind_head = [head](const Taken& taken) { return Taken{head + taken.bytes, taken.needs}; };
    if (!check_) {
      uncompared_ = body;
      return behind_head(pass_over(bytes.substr(head), consumed));
    }
    if (begins_file(body)) return behind_head(take_file(bytes.substr(head), consumed));
    if (bytes.size() < head + body) return {0, head + body};
    answered(consumed);
    check(bytes.substr(head, body), consumed);
    return {head + body, 0};
  }

  bool begins_file(std::size_t size) {
    if (requests_.files() == 0) return false;
    const ExpectedBody due = requests_.expected(stream_, checked_, body_buffer_);
    if (due.kind != ExpectedBody::Kind::file) return false;
    if (!file_body_) file_body_ = std::make_unique<FileBody>();
    *file_body_ = {.file = due.file, .size = size};
    in_file_ = true;
    return true;
  }

  /// Of a body that is counted only.
  Taken pass_over(std::string_view bytes, Consumed& consumed) {
    const std::size_t part = std::min(bytes.size(), uncompared_);
    uncompared_ -= part;
    if (uncompared_ != 0) return {part, 1};
    answered(consumed);
    ++checked_;
    return {part, 0};
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
    if (status == 200 && !reply.closes() && reply.has_plain_length()) {
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
    const std::size_t kind = requests_.class_of(stream_, index);
    const ExpectedBody due = requests_.expected_of(kind, stream_, index, body_buffer_);
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
        if (is_as_learnt(body, kind)) return;
        break;
    }
    ++consumed.wrong;
  }

  bool is_as_learnt(std::string_view body, std::size_t kind) {
    std::optional<std::string>& learnt = share_->learnt[kind];
    if (!learnt) learnt.emplace(body);
    if (body == *learnt) return true;
    if (!has_complaint()) complain("the same body as before: " + *learnt, body);
    return false;
  }

  const std::shared_ptr<HttpShare> share_;
  const HttpRequests& requests_;
  const std::uint64_t stream_;
  const bool check_;
  std::uint64_t made_ = 0;
  std::size_t last_class_ = 0;  ///< Of the request that was made last.
  std::uint64_t checked_ = 0;
  std::size_t uncompared_ = 0;  ///< Of a body that is being passed over.
  std::string body_buffer_;
  LastHead last_head_;
  std::unique_ptr<FileBody> file_body_;  ///< Made for the first; most loads ask for none.
  bool in_file_ = false;                 ///< One is being read.
};

}  // namespace

std::unique_ptr<ClientSession> make_http_client(const ClientSettings& settings) {
  return std::make_unique<HttpClient>(settings);
}

std::uint64_t http_files_asked(std::string_view request) {
  return request.empty() ? 0 : HttpRequests({.request = std::string(request)}).files();
}

bool http_calls_back_end(std::string_view request) {
  return !request.empty() && HttpRequests({.request = std::string(request)}).call();
}

}  // namespace bakeoff::workloads
