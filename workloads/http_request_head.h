// Reads the head of an HTTP request as a server must (RFC 9112, 3 and 5): what is not right is refused, because two
// servers that read the same bytes differently can be made to disagree where a request ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "workloads/http_routes.h"

namespace bakeoff::workloads {

/// What the server of the http workload wants to know of a request.
struct RequestHead {
  HttpRoute route{};
  bool head = false;                 ///< The method is HEAD.
  bool expects_continue = false;     ///< It waits for "100 Continue" before it sends its body.
  bool keep_alive = false;           ///< The connection goes on behind the reply.
  std::uint8_t minor = 1;            ///< Of HTTP/1.x.
  bool chunked = false;              ///< The body comes in chunks;
  std::uint64_t content_length = 0;  ///< otherwise it has this many bytes. 2^64 - 1 stands for more as well.
};

/// Reads one head and goes on where it stopped; the next one takes a new reader. Every byte is looked at once, and what
/// it comes to, and at which byte, does not depend on how the bytes were cut.
class RequestHeadReader {
 public:
  enum class ReadStatus : std::uint8_t {
    head,       ///< It is there: request(), size().
    more,       ///< It is not complete.
    bad,        ///< It is none.
    too_large,  ///< It has more than 8 KiB.
  };

  /// Reads at the front of `bytes`: those of the call before, as long as that said `more`, and further ones.
  ReadStatus read(std::string_view bytes);

  /// Something of it has been read.
  bool has_begun() const { return at_ != 0; }
  std::size_t size() const { return at_; }
  /// Whole behind `head`; behind the others as much as had been read.
  const RequestHead& request() const { return request_; }

 private:
  enum class State : std::uint8_t { method, target, version, field_first, name, value, field_lf, last_lf };

  ReadStatus go_on(std::string_view head);
  void take_request_line(std::string_view method, std::string_view target);
  void take_field(std::string_view name, std::string_view value);
  void take_codings(std::string_view value);
  bool finish();

  State state_ = State::method;
  std::uint16_t at_ = 0;               ///< How far it has been read. The places of what is being read:
  std::uint16_t begin_ = 0, end_ = 0;  ///< of the method, or of a field's name,
  std::uint16_t behind_ = 0;           ///< and where what follows it begins.
  std::uint8_t hosts_ = 0, lengths_ = 0, codings_ = 0;
  bool bad_ = false;  ///< A field that matters has a value that it may not have.
  bool close_ = false, stay_ = false;
  RequestHead request_;
};

}  // namespace bakeoff::workloads
