#include "workloads/http_requests.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "workloads/client.h"
#include "workloads/http_routes.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/work.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kWaitMark = "/wait/{";
constexpr std::string_view kMixtureMark = "/{mixed:";
constexpr std::string_view kWaited = "waited ";
// So that what is drawn for one purpose says nothing of what is drawn for another.
constexpr std::uint64_t kWaitSalt = 0x77616974, kMixtureSalt = 0x6d69786564;

void check_text(std::string_view name, std::string_view text) {
  const bool printable_text =
      std::all_of(text.begin(), text.end(), [](char byte) { return byte > ' ' && byte <= '~'; });
  if (!printable_text || text.empty()) {
    throw std::invalid_argument("http: the " + std::string(name) +
                                " must be printable characters without spaces, found \"" + printable(text) + "\"");
  }
}

/// What stands between the mark and the closing brace, which must be the target's last character.
std::string_view inside(std::string_view target, std::string_view mark) {
  if (!target.ends_with('}')) {
    throw std::invalid_argument("http: found no } at the end of \"" + printable(target) + "\", expected one");
  }
  return target.substr(mark.size(), target.size() - mark.size() - 1);
}

}  // namespace

std::string work_answer(std::uint64_t rounds) {
  static std::mutex mutex;
  static std::map<std::uint64_t, std::string> known;
  const std::lock_guard lock(mutex);
  std::string& answer = known[rounds];
  if (answer.empty()) answer = Digits(run({rounds, rounds})).view();
  return answer;
}

HttpRequests::HttpRequests(std::string_view target, const std::string& host, std::uint64_t stream) : stream_(stream) {
  check_text("target", target);
  check_text("host", host);
  if (target[0] != '/') {
    throw std::invalid_argument("http: the target must begin with \"/\", found \"" + std::string(target) + "\"");
  }
  after_ = " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  const std::size_t mark = target.find(kNumberMark);
  if (target.starts_with(kWaitMark)) {
    kind_ = Kind::wait;
    wait_.emplace(inside(target, kWaitMark), kLongestWaitUs);
    before_ = "GET /wait/";
  } else if (target.starts_with(kMixtureMark)) {
    kind_ = Kind::mixed;
    take_mixture(inside(target, kMixtureMark));
    before_ = "GET /id/";
  } else if (mark != std::string::npos) {
    kind_ = Kind::number;
    before_ = "GET " + std::string(target.substr(0, mark));
    after_.insert(0, target.substr(mark + kNumberMark.size()));
  } else {
    before_ = "GET " + std::string(target) + after_;
    const HttpRoute route = http_route(target);
    if (route.kind == HttpRoute::Kind::wait) known_ = std::string(kWaited).append(Digits(route.number).view());
    if (route.kind == HttpRoute::Kind::work) known_ = work_answer(route.number);
  }
}

void HttpRequests::take_mixture(std::string_view text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string_view share = text.substr(0, comma);
  heavy_share_ = parse_decimal(share, 0, 1);
  if (heavy_share_ < 0) {
    throw std::invalid_argument("http: the share of the requests that compute is from 0 to 1, found \"" +
                                printable(share) + "\"");
  }
  const std::string_view rounds = comma == text.size() ? "" : text.substr(comma + 1);
  const auto number = parse_unsigned(rounds);
  if (!number || *number > kMostRounds) {
    throw std::invalid_argument("http: the rounds behind the share are a whole number up to " +
                                std::to_string(kMostRounds) + ", found \"" + printable(rounds) + "\"");
  }
  heavy_ = "GET /work/" + std::string(rounds) + after_;
  known_ = work_answer(*number);
}

bool HttpRequests::is_heavy(std::uint64_t index) const {
  return uniform(stream_ ^ kMixtureSalt, index) < heavy_share_;
}

std::uint64_t HttpRequests::number(std::uint64_t index) const {
  if (kind_ == Kind::wait) return wait_->us(stream_ ^ kWaitSalt, index);
  // The numbers have every length, so that two replies that got mixed up rarely look alike.
  const std::uint64_t random = draw(stream_, index);
  return mix(random) >> (random & 63);
}

void HttpRequests::append(std::string& requests, std::uint64_t index) const {
  if (kind_ == Kind::mixed && is_heavy(index)) {
    requests.append(heavy_);
    return;
  }
  requests.append(before_);
  if (kind_ != Kind::same) requests.append(Digits(number(index)).view()).append(after_);
}

std::optional<std::string_view> HttpRequests::expected_body(std::uint64_t index, std::string& buffer) const {
  if (kind_ == Kind::same || (kind_ == Kind::mixed && is_heavy(index))) return known_;
  buffer.assign(kind_ == Kind::wait ? kWaited : "").append(Digits(number(index)).view());
  return buffer;
}

}  // namespace bakeoff::workloads
