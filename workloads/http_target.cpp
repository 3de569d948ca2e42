#include "workloads/http_target.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "workloads/back_end.h"
#include "workloads/client.h"
#include "workloads/file_set.h"
#include "workloads/http_routes.h"
#include "workloads/http_text.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/work.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kWaitMark = "/wait/{";
constexpr std::string_view kFileMark = "/file/{";
constexpr std::string_view kWaited = "waited ";
// So that what is drawn for one purpose says nothing of what is drawn for another.
constexpr std::uint64_t kWaitSalt = 0x77616974, kFileSalt = 0x66696c65, kCallSalt = 0x63616c6c;

/// What stands between the mark and the closing brace, which must be the target's last character.
std::string_view inside(std::string_view target, std::string_view mark) {
  if (!target.ends_with('}')) {
    throw std::invalid_argument("http: found no } at the end of \"" + printable(target) + "\", expected one");
  }
  return target.substr(mark.size(), target.size() - mark.size() - 1);
}

/// "zipf:FILES,EXPONENT"
ZipfDraw read_popularity(std::string_view text) {
  constexpr std::string_view kZipf = "zipf:";
  const std::size_t comma = text.find(',');
  if (!text.starts_with(kZipf) || comma == std::string_view::npos) {
    throw std::invalid_argument("http: a file is drawn zipf:FILES,EXPONENT, found \"" + printable(text) + "\"");
  }
  const std::string_view files = text.substr(kZipf.size(), comma - kZipf.size());
  const std::uint64_t count = parse_unsigned(files).value_or(0);
  if (count == 0 || count > kMostFiles) {
    throw std::invalid_argument("http: the files of a set are a whole number from 1 to " + std::to_string(kMostFiles) +
                                ", found \"" + printable(files) + "\"");
  }
  const std::string_view exponent = text.substr(comma + 1);
  const double zipf = parse_decimal(exponent, 0, kMostExponent);
  if (zipf < 0) {
    throw std::invalid_argument("http: the exponent of Zipf's law is from 0 to 10, found \"" + printable(exponent) +
                                "\"");
  }
  return {count, zipf};
}

/// Whether the target calls the back end for the item that stands at `item`, at its end.
bool is_call(std::string_view target, std::size_t item) {
  if (item == std::string_view::npos || target.substr(item) != kNumberMark) return false;
  return http_route(std::string(target.substr(0, item)) + "0").calls != 0;
}

/// What a back end answers to calls for so many items, from `item` on.
void append_answers(std::string& out, std::uint64_t item, std::uint32_t calls) {
  for (std::uint32_t i = 0; i < calls; ++i) {
    out.append(i == 0 ? "" : " ").append(Digits((item + i) % kBackEndItems).view());
  }
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

HttpTarget::HttpTarget(std::string_view target, bool known) {
  if (!std::ranges::all_of(target, is_visible_ascii) || !target.starts_with('/')) {
    throw std::invalid_argument("http: a target is characters without spaces that begin with \"/\", found \"" +
                                printable(target) + "\"");
  }
  const std::size_t mark = target.find(kNumberMark);
  if (target.starts_with(kWaitMark)) {
    kind_ = Kind::wait;
    wait_.emplace(inside(target, kWaitMark), kWaitWords, kLongestWaitUs);
    before_ = "/wait/";
  } else if (target.starts_with(kFileMark)) {
    kind_ = Kind::file;
    file_ = read_popularity(inside(target, kFileMark));
    before_ = "/file/";
  } else if (is_call(target, mark)) {
    kind_ = Kind::call;
    before_ = target.substr(0, mark);
    calls_ = http_route(before_ + "0").calls;
  } else if (mark != std::string_view::npos) {
    kind_ = Kind::number;
    before_ = target.substr(0, mark);
    after_ = target.substr(mark + kNumberMark.size());
  } else {
    before_ = target;
    if (known) know(http_route(target));
  }
}

void HttpTarget::know(const HttpRoute& route) {
  if (route.kind == HttpRoute::Kind::wait) known_ = std::string(kWaited).append(Digits(route.number).view());
  if (route.kind == HttpRoute::Kind::work) known_ = work_answer(route.number);
  if (route.kind == HttpRoute::Kind::file) same_file_ = route.number;
  calls_ = route.calls;
  if (calls_ != 0) {
    known_.emplace();
    append_answers(*known_, route.number, calls_);
  }
}

std::uint64_t HttpTarget::number(std::uint64_t stream, std::uint64_t index) const {
  if (kind_ == Kind::wait) return wait_->amount(stream ^ kWaitSalt, index);
  if (kind_ == Kind::file) return file_->number(stream ^ kFileSalt, index) - 1;
  if (kind_ == Kind::call) return draw(stream ^ kCallSalt, index) % kBackEndItems;
  // The numbers have every length, so that two replies that got mixed up rarely look alike.
  const std::uint64_t random = draw(stream, index);
  return mix(random) >> (random & 63);
}

std::uint64_t HttpTarget::files() const {
  if (same_file_) return *same_file_ + 1;
  return file_ ? file_->count() : 0;
}

void HttpTarget::append(std::string& requests, std::uint64_t stream, std::uint64_t index) const {
  requests.append(before_);
  if (kind_ != Kind::same) requests.append(Digits(number(stream, index)).view()).append(after_);
}

ExpectedBody HttpTarget::expected(std::uint64_t stream, std::uint64_t index, std::string& buffer) const {
  if (kind_ == Kind::file) return {.kind = ExpectedBody::Kind::file, .file = number(stream, index)};
  if (same_file_) return {.kind = ExpectedBody::Kind::file, .file = *same_file_};
  if (kind_ == Kind::same) {
    return known_ ? ExpectedBody{.kind = ExpectedBody::Kind::text, .text = *known_, .calls = calls_} : ExpectedBody{};
  }
  if (kind_ == Kind::call) {
    buffer.clear();
    append_answers(buffer, number(stream, index), calls_);
    return {.kind = ExpectedBody::Kind::text, .text = buffer, .calls = calls_};
  }
  buffer.assign(kind_ == Kind::wait ? kWaited : "").append(Digits(number(stream, index)).view());
  return {.kind = ExpectedBody::Kind::text, .text = buffer};
}

}  // namespace bakeoff::workloads
