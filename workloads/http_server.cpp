// The workload `http`, server side: HTTP/1.1 (RFC 9110, RFC 9112) with keep-alive and pipelining, on Boost.Beast's
// parser. Left out: TLS, compression, ranges, conditional requests, Upgrade.
#include <boost/beast/http/basic_parser.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "workloads/framing.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

constexpr std::uint32_t kHeaderLimit = 8UL * 1024;
constexpr std::uint64_t kBodyLimit = 1024UL * 1024;
/// A chunk's extensions and trailers are bounded by nothing in the parser: this does it.
constexpr std::size_t kTailCap = 16UL * 1024;

/// What the parser has to say about one request. Bodies are read and thrown away.
class RequestParser final : public http::basic_parser<true> {
 public:
  RequestParser() {
    eager(true);
    header_limit(kHeaderLimit);
    body_limit(kBodyLimit);
  }

  HttpRoute route;
  bool head = false;
  bool expects_continue = false;

  /// RFC 9112, 3.2 and 6.1: one Host in HTTP/1.1; a request whose body's length cannot be known is invalid.
  bool is_sound() const {
    if (hosts_ > 1 || (hosts_ == 0 && version_ == 11)) return false;
    return !transfer_encoding_ || (version_ == 11 && chunked() && !content_length_);
  }
  bool has_body_bytes() const { return has_body_bytes_; }
  int version() const { return version_; }

 private:
  void on_request_impl(http::verb verb, View, View target, int version, error_code&) override {
    version_ = version;
    head = verb == http::verb::head;
    route = http_route({target.data(), target.size()});
    if (!head && verb != http::verb::get && route.kind != HttpRoute::Kind::not_found) {
      route.kind = HttpRoute::Kind::bad_method;
    }
  }
  void on_field_impl(http::field field, View, View value, error_code&) override {
    if (field == http::field::host) ++hosts_;
    if (field == http::field::transfer_encoding) transfer_encoding_ = true;
    if (field == http::field::content_length) content_length_ = true;
    if (field == http::field::expect) expects_continue = boost::beast::iequals(value, "100-continue");
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View body, error_code&) override {
    has_body_bytes_ = true;
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override { has_body_bytes_ = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}

  int version_ = 0;
  unsigned hosts_ = 0;
  bool transfer_encoding_ = false;
  bool content_length_ = false;
  bool has_body_bytes_ = false;
};

class HttpSession final : public FramedSession {
 public:
  HttpSession(Tallies& tallies, const ServiceSettings& settings)
      : FramedSession(tallies, kTailCap), environment_(*settings.environment), settings_(settings) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    std::size_t used = 0;
    if (!parser_) {
      // RFC 9112, 2.2: empty lines before a request are to be ignored.
      while (bytes.substr(used).starts_with("\r\n")) used += 2;
      if (used == bytes.size()) return {used, 1};
      if (bytes.substr(used) == "\r") return {used, 2};
      parser_.emplace();
      head_bytes_ = 0;
    }
    error_code error;
    const bool in_head = !parser_->is_header_done();
    const std::size_t parsed = parser_->put({bytes.data() + used, bytes.size() - used}, error);
    used += parsed;
    if (error && error != http::error::need_more) return fail(status_of(error), replies);
    if (in_head && parser_->is_header_done() && !parser_->is_sound()) return fail(HttpStatus::bad_request, replies);
    if (parser_->is_done()) {
      count_request();
      finish(replies);
      return {used, 0};
    }
    if (!parser_->is_header_done()) {
      // The parser bounds what it has to keep, not what has gone by field for field.
      head_bytes_ += parsed;
      if (head_bytes_ > kHeaderLimit) return fail(HttpStatus::fields_too_large, replies);
    } else if (parser_->expects_continue && !parser_->has_body_bytes() && parser_->version() == 11) {
      replies.append("HTTP/1.1 100 Continue\r\n\r\n");
      parser_->expects_continue = false;
    }
    return {used, bytes.size() - used + 1};
  }

  void finish(std::string& replies) {
    const HttpRoute route = parser_->route;
    reply_ = {.head = parser_->head,
              .closes = !parser_->keep_alive(),
              .keep_alive = parser_->keep_alive() && parser_->version() < 11};
    parser_.reset();
    switch (route.kind) {
      case HttpRoute::Kind::hello:
        append_hello(replies, reply_, environment_.http_date());
        break;
      case HttpRoute::Kind::id:
        number_ = route.number;
        doing_ = Doing::delay;
        if (settings_.id_delay.count() != 0) return want(Step::wait(settings_.id_delay));
        ok(Digits(number_).view(), replies);
        break;
      case HttpRoute::Kind::wait:
        doing_ = Doing::wait;
        number_ = route.number;
        return want(Step::wait(std::chrono::microseconds(route.number)));
      case HttpRoute::Kind::work:
        doing_ = Doing::work;
        return want(Step::compute({route.number, route.number}));
      case HttpRoute::Kind::file:
        doing_ = Doing::opening;
        number_ = route.number;
        if (settings_.files.folder >= 0) return want(Step::open_file(file()));
        opened(kNoFile, replies);
        break;
      case HttpRoute::Kind::call:
      case HttpRoute::Kind::calls_at_once:
        if (settings_.back_end) return want(Step::call(begin_calls(route)));
        append_http_error(replies, reply_, HttpStatus::not_found, environment_.http_date());
        break;
      case HttpRoute::Kind::bad_request:
        append_http_error(replies, reply_, HttpStatus::bad_request, environment_.http_date());
        break;
      case HttpRoute::Kind::not_found:
        append_http_error(replies, reply_, HttpStatus::not_found, environment_.http_date());
        break;
      case HttpRoute::Kind::bad_method:
        append_http_error(replies, reply_, HttpStatus::bad_method, environment_.http_date());
        break;
    }
    if (reply_.closes) want(Step::close());
  }

  void resumed(std::string_view result, std::string& replies) override {
    switch (doing_) {
      case Doing::wait:
        ok("waited " + std::string(Digits(number_).view()), replies);
        break;
      case Doing::work:
        ok(result, replies);
        break;
      case Doing::opening:
        if (opened(result, replies)) return want(Step::send_file(file()));
        break;
      case Doing::sending:
        count_file(file_bytes_);
        break;
      case Doing::delay:
        ok(Digits(number_).view(), replies);
        break;
      case Doing::calling:
        if (called(result, replies)) return want(Step::call(next_call()));
        break;
    }
    if (reply_.closes) want(Step::close());
  }

  FileName file() const { return {settings_.files.folder, number_, settings_.files.transfer}; }

  /// Appends the head of the file's reply, or an error. True when the file is to be sent.
  bool opened(std::string_view result, std::string& replies) {
    const auto bytes = parse_unsigned(result);
    if (!bytes) {
      append_http_error(replies, reply_, result == kNoFile ? HttpStatus::not_found : HttpStatus::server_error,
                        environment_.http_date());
      return false;
    }
    append_http_head(replies, reply_, *bytes, environment_.http_date());
    if (reply_.head) return false;
    doing_ = Doing::sending;
    file_bytes_ = *bytes;
    if (*bytes == 0) count_file(0);
    return *bytes != 0;
  }

  Calls begin_calls(const HttpRoute& route) {
    doing_ = Doing::calling;
    number_ = route.number;
    if (route.kind == HttpRoute::Kind::calls_at_once) {
      made_at_once_ = route.calls;
      return {static_cast<std::uint16_t>(number_), made_at_once_};
    }
    made_at_once_ = 1;
    if (route.calls > 1) sequence_ = std::make_unique<CallSequence>(CallSequence{.left = route.calls});
    return next_call();
  }
  Calls next_call() {
    if (sequence_) --sequence_->left;
    return {static_cast<std::uint16_t>(number_), 1};
  }

  /// Appends the reply, unless calls are left to be made. True: they are.
  bool called(std::string_view result, std::string& replies) {
    count_calls(made_at_once_);
    const CallOutcome outcome = outcome_of(result);
    if (outcome != CallOutcome::answered) {
      count_failed_call(outcome);
      sequence_.reset();
      append_http_error(replies, reply_,
                        outcome == CallOutcome::late ? HttpStatus::gateway_timeout : HttpStatus::bad_gateway,
                        environment_.http_date());
      return false;
    }
    const std::string_view answers = result.substr(1);
    if (!sequence_) return ok(answers, replies), false;
    sequence_->answers.append(sequence_->answers.empty() ? "" : " ").append(answers);
    number_ = (number_ + 1) % kBackEndItems;
    if (sequence_->left != 0) return true;
    const auto done = std::exchange(sequence_, nullptr);
    ok(done->answers, replies);
    return false;
  }

  void ok(std::string_view body, std::string& replies) {
    append_http_ok(replies, reply_, body, environment_.http_date());
  }

  /// An error after which it is unknown where the next request begins.
  Taken fail(HttpStatus status, std::string& replies) {
    count_request();
    reply_ = {.head = parser_ && parser_->head, .closes = true, .keep_alive = false};
    append_http_error(replies, reply_, status, environment_.http_date());
    parser_.reset();
    want(Step::close());
    return {0, 0};
  }

  void oversize(std::string& replies) override {
    const bool in_body = parser_ && parser_->is_header_done();
    reply_ = {.head = parser_ && parser_->head, .closes = true, .keep_alive = false};
    append_http_error(replies, reply_, in_body ? HttpStatus::bad_request : HttpStatus::fields_too_large,
                      environment_.http_date());
    parser_.reset();
  }

  static HttpStatus status_of(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return HttpStatus::fields_too_large;
    }
    if (error == http::error::body_limit) return HttpStatus::body_too_large;
    return HttpStatus::bad_request;
  }

  /// What the request that is being answered has the model do.
  enum class Doing : std::uint8_t { wait, work, opening, sending, delay, calling };

  /// Calls that are made one after the other. There while they are.
  struct CallSequence {
    std::uint16_t left = 0;
    std::string answers{};
  };

  const ServiceEnvironment& environment_;
  const ServiceSettings& settings_;
  std::optional<RequestParser> parser_;
  std::size_t head_bytes_ = 0;
  HttpReply reply_;  ///< How the request that is being answered wants its reply.
  Doing doing_ = Doing::wait;
  std::uint16_t made_at_once_ = 0;  ///< The calls of the step that is pending.
  std::uint64_t number_ = 0;        ///< In its target.
  std::uint64_t file_bytes_ = 0;    ///< Of the file that is being sent.
  std::unique_ptr<CallSequence> sequence_;
};

class HttpService final : public Service {
 public:
  explicit HttpService(const ServiceSettings& settings) : settings_(settings) {
    if (settings_.environment == nullptr) throw std::invalid_argument("http: needs an environment, for the date");
  }

  std::unique_ptr<ServerSession> connect() override { return std::make_unique<HttpSession>(tallies_, settings_); }
  ServiceReceipt receipt() const override { return tallies_.receipt(); }
  const BackEndUse* back_end() override { return settings_.back_end ? &back_end_ : nullptr; }

 private:
  const ServiceSettings settings_;
  Tallies tallies_;
  const BackEndUse back_end_{settings_.back_end ? *settings_.back_end : BackEnd(), tallies_};
};

}  // namespace

std::unique_ptr<Service> make_http_service(const ServiceSettings& settings) {
  return std::make_unique<HttpService>(settings);
}

}  // namespace bakeoff::workloads
