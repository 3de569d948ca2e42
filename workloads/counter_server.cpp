// The workload `counter`, server side: a key-value server that speaks RESP2 and words its errors as Redis 7.0 does.
#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "workloads/counter_errors.h"
#include "workloads/counter_handshake.h"
#include "workloads/framing.h"
#include "workloads/integer.h"
#include "workloads/reply_budget.h"
#include "workloads/resp.h"
#include "workloads/services.h"
#include "workloads/store/store.h"

namespace bakeoff::workloads {
namespace {

/// The longest reply to one request: an MGET can ask for the same large value many times over.
constexpr std::size_t kLongestReply = 64UL * 1024 * 1024;

/// Replies grow by this much at a time, as far as the budget is concerned.
constexpr std::size_t kClaimStep = 1024UL * 1024;

constexpr std::string_view kTooMuchUnread =
    "-OOM replies that have not been read yet hold all the memory that there is for them.\r\n";
constexpr std::string_view kOutOfMemory = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
constexpr std::string_view kTooLong = "-ERR reply longer than 67108864 bytes\r\n";
constexpr std::string_view kNotAnInteger = "value is not an integer or out of range";
constexpr std::string_view kOutOfInt32Range = "value is out of range, value must between -2147483648 and 2147483647";

/// Values as bulk strings: one reply, of which nothing is left when it is too long or the budget has no room for it.
class BulkReplies final : public store::ValueSink {
 public:
  BulkReplies(std::string& replies, ReplyClaim& claim) : replies_(replies), begin_(replies.size()), claim_(claim) {}

  void head(std::size_t values) { append_number(replies_, '*', static_cast<std::int64_t>(values)); }
  void number(std::int64_t value) override { text(Digits(value).view()); }
  void text(std::string_view value) override {
    if (has_room(value.size())) append_bulk(replies_, value);
  }
  void missing() override {
    if (has_room(0)) replies_.append("$-1\r\n");
  }

  /// To be called after the last value. False when the reply has become an error.
  bool end() {
    if (refused_.empty()) return true;
    replies_.resize(begin_);
    replies_.append(refused_);
    claim_.release();
    return false;
  }

 private:
  bool has_room(std::size_t value) {
    constexpr std::size_t kMostAround = 32;  // What stands before and behind a value.
    const std::size_t size = replies_.size() - begin_ + value + kMostAround;
    if (size <= kReplyCap) return true;
    if (!refused_.empty()) return false;
    if (size > kLongestReply) {
      refused_ = kTooLong;
    } else if (!claim_.cover((size + kClaimStep - 1) / kClaimStep * kClaimStep)) {
      refused_ = kTooMuchUnread;
    }
    return refused_.empty();
  }

  std::string& replies_;
  std::size_t begin_;
  ReplyClaim& claim_;
  std::string_view refused_;
};

class CounterSession final : public FramedSession {
 public:
  CounterSession(Tallies& tallies, store::Store& store, ReplyBudget& unread)
      // The reader bounds a command, and the line that it is in.
      : FramedSession(tallies, kMessageCap + 2 * kLongestLine), store_(store), unread_(&unread) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    switch (command_.read(bytes)) {
      case CommandReader::ReadStatus::command:
        count_request();
        answer(replies);
        command_.release();
        break;
      case CommandReader::ReadStatus::nothing:
      case CommandReader::ReadStatus::more:
        break;
      case CommandReader::ReadStatus::error:
        count_request();
        append_error(replies, command_.error());
        want(Step::close());
        break;
    }
    return command_.taken();
  }

  /// A large reply has been written: the only step that is wanted here.
  void resumed(std::string_view, std::string&) override { unread_.release(); }

  void answer(std::string& replies) {
    switch (name_code(command_[0])) {
      case name_code("incr"):
        if (arity(2, 2, "incr", replies)) add(1, replies);
        break;
      case name_code("get"):
        if (arity(2, 2, "get", replies)) get(replies);
        break;
      case name_code("set"):
        if (arity(3, kAny, "set", replies)) set(replies);
        break;
      case name_code("ping"):
        if (arity(1, 2, "ping", replies)) ping(replies);
        break;
      case name_code("incrby"):
        if (arity(3, 3, "incrby", replies)) add_argument(false, replies);
        break;
      case name_code("decr"):
        if (arity(2, 2, "decr", replies)) add(-1, replies);
        break;
      case name_code("decrby"):
        if (arity(3, 3, "decrby", replies)) add_argument(true, replies);
        break;
      case name_code("mget"):
        if (arity(2, kAny, "mget", replies)) mget(replies);
        break;
      case name_code("mset"):
        if (arity(3, kAny, "mset", replies)) mset(replies);
        break;
      case name_code("del"):
        if (arity(2, kAny, "del", replies)) append_count(replies, store_.erase(keys()));
        break;
      case name_code("exists"):
        if (arity(2, kAny, "exists", replies)) append_count(replies, store_.count(keys()));
        break;
      case name_code("echo"):
        if (arity(2, 2, "echo", replies)) echo(replies);
        break;
      case name_code("dbsize"):
        if (arity(1, 1, "dbsize", replies)) append_count(replies, store_.size());
        break;
      case name_code("flushall"):
        flush_all(replies);
        break;
      case name_code("select"):
        if (arity(2, 2, "select", replies)) select(replies);
        break;
      case name_code("quit"):
        replies.append("+OK\r\n");
        want(Step::close());
        break;
      case name_code("post"):
      case name_code("host:"):
        // A browser that was made to talk to this port. Redis hangs up without a word, and so do we.
        want(Step::close());
        break;
      default:
        if (!answer_handshake(command_, name_, replies)) append_unknown_command(replies, command_);
    }
  }

  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

  /// Appends the error when there are too few or too many arguments, the name included.
  bool arity(std::size_t least, std::size_t most, std::string_view name, std::string& replies) const {
    if (command_.count() >= least && command_.count() <= most) return true;
    append_wrong_arguments(replies, name);
    return false;
  }

  static void append_count(std::string& replies, std::size_t count) {
    append_number(replies, ':', static_cast<std::int64_t>(count));
  }

  static void append_status(std::string& replies, store::StoreStatus status) {
    replies.append(status == store::StoreStatus::full ? kOutOfMemory : "+OK\r\n");
  }

  std::vector<std::string_view> keys() const {
    std::vector<std::string_view> keys;
    keys.reserve(command_.count() - 1);
    for (std::size_t i = 1; i < command_.count(); ++i) keys.push_back(command_[i]);
    return keys;
  }

  void ping(std::string& replies) {
    if (command_.count() == 1) {
      replies.append("+PONG\r\n");
    } else {
      echo(replies);
    }
  }

  void echo(std::string& replies) {
    BulkReplies sink(replies, unread_);
    sink.text(command_[1]);
    end(sink);
  }

  void get(std::string& replies) {
    BulkReplies sink(replies, unread_);
    store_.get(command_[1], sink);
    end(sink);
  }

  /// Nothing more is answered before a large reply has been written.
  void end(BulkReplies& sink) {
    if (sink.end() && !unread_.empty()) want(Step::flush());
  }

  void set(std::string& replies) {
    if (command_.count() > 3) return append_error(replies, "syntax error");
    append_status(replies, store_.set(command_[1], command_[2]));
  }

  void add(std::int64_t delta, std::string& replies) {
    const store::Sum sum = store_.add(command_[1], delta);
    switch (sum.status) {
      case store::StoreStatus::ok:
        return append_number(replies, ':', sum.value);
      case store::StoreStatus::full:
        return append_status(replies, sum.status);
      case store::StoreStatus::not_integer:
        return append_error(replies, kNotAnInteger);
      case store::StoreStatus::overflow:
        return append_error(replies, "increment or decrement would overflow");
    }
  }

  void add_argument(bool negate, std::string& replies) {
    const auto delta = parse_integer(command_[2]);
    if (!delta) return append_error(replies, kNotAnInteger);
    if (negate && *delta == std::numeric_limits<std::int64_t>::min()) {
      return append_error(replies, "decrement would overflow");
    }
    add(negate ? -*delta : *delta, replies);
  }

  void mget(std::string& replies) {
    BulkReplies sink(replies, unread_);
    sink.head(command_.count() - 1);
    store_.get_many(keys(), sink);
    end(sink);
  }

  void mset(std::string& replies) {
    if (command_.count() % 2 == 0) return append_wrong_arguments(replies, "mset");
    std::vector<store::KeyValue> pairs;
    pairs.reserve(command_.count() / 2);
    for (std::size_t i = 1; i < command_.count(); i += 2) pairs.push_back({command_[i], command_[i + 1]});
    append_status(replies, store_.set_many(pairs));
  }

  void flush_all(std::string& replies) {
    const bool known = command_.count() == 1 ||
                       (command_.count() == 2 &&
                        (name_code(command_[1]) == name_code("async") || name_code(command_[1]) == name_code("sync")));
    if (!known) return append_error(replies, "syntax error");
    store_.clear();
    replies.append("+OK\r\n");
  }

  void select(std::string& replies) const {
    const auto index = parse_integer(command_[1]);
    using Int = std::numeric_limits<std::int32_t>;
    if (!index) return append_error(replies, kNotAnInteger);
    if (*index < Int::min() || *index > Int::max()) return append_error(replies, kOutOfInt32Range);
    if (*index != 0) return append_error(replies, "DB index is out of range");
    replies.append("+OK\r\n");
  }

  store::Store& store_;
  ReplyClaim unread_;
  CommandReader command_;
  std::unique_ptr<std::string> name_;  // CLIENT SETNAME; nearly always absent.
};

/// The value when it is a number.
class NumberSink final : public store::ValueSink {
 public:
  void number(std::int64_t value) override { value_ = value; }
  void text(std::string_view /*value*/) override {}
  void missing() override {}
  std::optional<std::int64_t> value() const { return value_; }

 private:
  std::optional<std::int64_t> value_;
};

class CounterService final : public Service {
 public:
  explicit CounterService(const ServiceSettings& settings)
      : unread_(settings.unread_bytes, *settings.environment),
        store_(store::make_store(settings.store, settings.store_bytes)) {}

  std::unique_ptr<ServerSession> connect() override {
    return std::make_unique<CounterSession>(tallies_, *store_, unread_);
  }

  ServiceReceipt receipt() const override {
    ServiceReceipt receipt = tallies_.receipt();
    NumberSink sink;
    store_->get("counter", sink);
    receipt.final_counter = sink.value();
    return receipt;
  }

 private:
  Tallies tallies_;
  ReplyBudget unread_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace

std::unique_ptr<Service> make_counter_service(const ServiceSettings& settings) {
  return std::make_unique<CounterService>(settings);
}

}  // namespace bakeoff::workloads
