// HTTP replies, on Boost.Beast's parser.
#include "workloads/http_response.h"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>

#include "workloads/framing.h"

namespace bakeoff::workloads {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

namespace {
constexpr std::size_t kLongestHead = 64UL * 1024;
}  // namespace

class HttpResponseParser final : public http::basic_parser<false> {
 public:
  HttpResponseParser(bool to_head, std::string& body) : body_(body) {
    eager(true);
    skip(to_head);
    header_limit(kLongestHead);
    body_limit(kMessageCap);
    body_.clear();
  }
  unsigned code() const { return code_; }

 private:
  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int code, View, int, error_code&) override { code_ = static_cast<unsigned>(code); }
  void on_field_impl(http::field, View, View, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View part, error_code&) override {
    body_.append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View part, error_code&) override {
    body_.append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  std::string& body_;
  unsigned code_ = 0;
};

HttpResponseReader::HttpResponseReader() = default;
HttpResponseReader::~HttpResponseReader() = default;

HttpResponseReader::ReadStatus HttpResponseReader::read(std::string_view bytes, bool to_head) {
  std::size_t used = 0;
  error_code error;
  if (!parser_) {
    // The head is taken whole, because the next one is probably the same, byte for byte.
    constexpr std::string_view kEnd = "\r\n\r\n";
    const std::size_t end = bytes.find(kEnd, scanned_);
    if (end == std::string_view::npos) {
      if (bytes.size() > kLongestHead) return fail("an HTTP head of at most 64 KiB");
      if (!std::string_view("HTTP/1.").starts_with(bytes.substr(0, 7))) return fail("an HTTP/1 reply");
      scanned_ = bytes.size() - std::min(bytes.size(), kEnd.size() - 1);
      return more(0, bytes.size() + 1);
    }
    scanned_ = 0;
    used = end + kEnd.size();
    head_.assign(bytes.substr(0, used));
    parser_ = std::make_unique<HttpResponseParser>(to_head, body_);
    parser_->put({bytes.data(), used}, error);
    if (error && error != http::error::need_more) return fail("a well-formed HTTP head");
    if (!parser_->is_header_done()) return fail("a well-formed HTTP head");
    if (parser_->need_eof()) return fail("a reply that says how long it is");
  }
  if (!parser_->is_done() && used < bytes.size()) {
    used += parser_->put({bytes.data() + used, bytes.size() - used}, error);
    if (error == http::error::body_limit) return fail("a body of at most 4 MiB");
    if (error && error != http::error::need_more) return fail("a well-formed HTTP body");
  }
  if (!parser_->is_done()) return more(used, bytes.size() - used + 1);
  status_ = parser_->code();
  closes_ = !parser_->keep_alive();
  parser_.reset();
  if (status_ < 200) return more(used, 1);
  taken_ = {used, 0};
  return ReadStatus::reply;
}

HttpResponseReader::ReadStatus HttpResponseReader::more(std::size_t used, std::size_t needs) {
  taken_ = {used, needs};
  return ReadStatus::more;
}

HttpResponseReader::ReadStatus HttpResponseReader::fail(std::string_view problem) {
  parser_.reset();
  scanned_ = 0;
  problem_ = problem;
  return ReadStatus::broken;
}

}  // namespace bakeoff::workloads
