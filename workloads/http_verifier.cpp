// The workload `http`, client side: a verifier, which asks once for everything.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "workloads/file_set.h"
#include "workloads/http_reply_client.h"
#include "workloads/http_requests.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/script.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

/// Asks once for everything that our server answers. A target that is not ours is asked for twice: it has to be there
/// and to stay as it is.
class HttpVerifier final : public HttpReplyClient {
 public:
  explicit HttpVerifier(const ClientSettings& settings)
      : HttpReplyClient(HttpResponseReader::Bodies::kept),
        host_(settings.host),
        stream_(stream_of(settings.seed, settings.connection)) {
    const std::string target = target_of(settings);
    const HttpRequests asked(settings);
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
      for (const std::uint64_t k : {std::uint64_t{0}, UINT64_MAX, mix(stream_), mix(stream_) >> 32}) {
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
      const std::size_t kind = asked.class_of(stream_, i);
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
    asked.append(request, stream_, index);
    if (script_.ends_with(request)) return;  // The requests are all the same.
    const ExpectedBody due = asked.expected(stream_, index, buffer);
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

  const std::string host_;
  const std::uint64_t stream_;
  Script<ExpectedReply> script_;
  std::optional<std::string> learnt_;
};

}  // namespace

std::unique_ptr<ClientSession> make_http_verifier(const ClientSettings& settings) {
  return std::make_unique<HttpVerifier>(settings);
}

}  // namespace bakeoff::workloads
