// The workload `http`, server side: HTTP/1.1 (RFC 9110, RFC 9112) with keep-alive and pipelining. Left out: TLS,
// compression, ranges, conditional requests, Upgrade. Bodies of requests are read and thrown away.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "workloads/framing.h"
#include "workloads/http_chunks.h"
#include "workloads/http_request_head.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

constexpr std::uint64_t kBodyLimit = 1024UL * 1024;
/// More than a head may have, which is all that is kept of a request.
constexpr std::size_t kTailCap = 16UL * 1024;

class HttpSession final : public FramedSession {
 public:
  HttpSession(Tallies& tallies, const ServiceSettings& settings)
      : FramedSession(tallies, kTailCap), environment_(*settings.environment), settings_(settings) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    if (chunks_) return take_chunks(bytes, replies);
    if (body_left_ != 0) return take_body(bytes, replies);
    std::size_t used = 0;
    if (!head_.has_begun()) {
      // RFC 9112, 2.2: empty lines before a request are to be ignored.
      while (bytes.substr(used).starts_with("\r\n")) used += 2;
      if (used == bytes.size()) return {used, 1};
      if (bytes.substr(used) == "\r") return {used, 2};
    }
    switch (head_.read(bytes.substr(used))) {
      case RequestHeadReader::ReadStatus::more:
        return {used, bytes.size() - used + 1};
      case RequestHeadReader::ReadStatus::bad:
        return fail(HttpStatus::bad_request, replies);
      case RequestHeadReader::ReadStatus::too_large:
        return fail(HttpStatus::fields_too_large, replies);
      case RequestHeadReader::ReadStatus::head:
        break;
    }
    used += head_.size();
    const Taken body = begin_body(bytes.substr(used), replies);
    return {used + body.bytes, body.needs};
  }

  /// What stands behind a head that is complete.
  Taken begin_body(std::string_view bytes, std::string& replies) {
    const RequestHead& request = head_.request();
    if (request.content_length > kBodyLimit) return fail(HttpStatus::body_too_large, replies);
    if (!request.chunked && request.content_length == 0) {
      finish(replies);
      return {0, 0};
    }
    if (request.expects_continue && request.minor == 1) replies.append("HTTP/1.1 100 Continue\r\n\r\n");
    if (request.chunked) {
      chunks_.emplace(HttpLines::strict, kBodyLimit);
      return take_chunks(bytes, replies);
    }
    body_left_ = request.content_length;
    return take_body(bytes, replies);
  }

  Taken take_body(std::string_view bytes, std::string& replies) {
    const std::size_t part = std::min<std::uint64_t>(bytes.size(), body_left_);
    body_left_ -= part;
    if (body_left_ != 0) return {part, 1};
    finish(replies);
    return {part, 0};
  }

  Taken take_chunks(std::string_view bytes, std::string& replies) {
    for (std::size_t used = 0;;) {
      const ChunkReader::Piece piece = chunks_->next(bytes.substr(used));
      used += piece.used;
      switch (piece.event) {
        case ChunkReader::Event::data:
          break;
        case ChunkReader::Event::more:
          return {used, 1};
        case ChunkReader::Event::broken:
          return fail(HttpStatus::bad_request, replies);
        case ChunkReader::Event::too_long:
          return fail(HttpStatus::body_too_large, replies);
        case ChunkReader::Event::end:
          chunks_.reset();
          finish(replies);
          return {used, 0};
      }
    }
  }

  /// The request is complete: answers it, or begins to.
  void finish(std::string& replies) {
    count_request();
    const RequestHead request = head_.request();
    head_ = RequestHeadReader();
    const HttpRoute& route = request.route;
    reply_ = {
        .head = request.head, .closes = !request.keep_alive, .keep_alive = request.keep_alive && request.minor == 0};
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
    reply_ = {.head = head_.request().head, .closes = true, .keep_alive = false};
    append_http_error(replies, reply_, status, environment_.http_date());
    want(Step::close());
    return {0, 0};
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
  RequestHeadReader head_;
  std::uint64_t body_left_ = 0;        ///< Of a body of a known length, or
  std::optional<ChunkReader> chunks_;  ///< a body in chunks that is being read.
  HttpReply reply_;                    ///< How the request that is being answered wants its reply.
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
