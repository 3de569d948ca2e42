// One kind of request of an http load: a target that is always the same, or has a number that is drawn for each
// request. A load asks for one kind, or mixes several (http_requests.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workloads/draws.h"
#include "workloads/http_routes.h"

namespace bakeoff::workloads {

/// Stands in a target for the number that differs for each request.
inline constexpr std::string_view kNumberMark = "{k}";

/// What a request must be answered with.
struct ExpectedBody {
  enum class Kind : std::uint8_t {
    learnt,  ///< Not known, but every time the same.
    text,
    file,  ///< File `file` of a set, of whatever size (file_set.h).
  };
  Kind kind = Kind::learnt;
  std::string_view text{};
  std::uint64_t file = 0;
  std::uint32_t calls = 0;  ///< Calls of the back end that the server makes for it.
};

class HttpTarget {
 public:
  /// `target` as in ClientSettings, no mixture. `known`: what our own server answers to it must come; otherwise the
  /// answer is learnt. Throws std::invalid_argument in one line. The answer of a target that computes is computed here,
  /// once per process and number of rounds: one or two nanoseconds per round.
  explicit HttpTarget(std::string_view target, bool known = true);

  /// Appends the target of the request with this number among all of its connection, the first being 0. `stream` is
  /// that of the connection (stream_of(seed, connection)).
  void append(std::string& requests, std::uint64_t stream, std::uint64_t index) const;

  /// What that request must be answered with; its text lies in `buffer` or in this.
  ExpectedBody expected(std::uint64_t stream, std::uint64_t index, std::string& buffer) const;

  /// How many files of a set it asks for, from file 0 on; 0: it asks for none.
  std::uint64_t files() const;

  /// How many calls of its back end the server makes for each; 0: none.
  std::uint32_t calls() const { return calls_; }

 private:
  enum class Kind : std::uint8_t { same, number, wait, file, call };

  std::uint64_t number(std::uint64_t stream, std::uint64_t index) const;
  void know(const HttpRoute& route);

  Kind kind_ = Kind::same;
  std::string before_, after_;  ///< What stands around the number; all of it in before_ where there is none.
  std::optional<AmountDraw> wait_;
  std::optional<ZipfDraw> file_;
  std::uint32_t calls_ = 0;
  std::optional<std::string> known_;        ///< The answer of what is always the same.
  std::optional<std::uint64_t> same_file_;  ///< The file, where it is always the same one.
};

/// The answer of GET /work/<rounds>, as text.
std::string work_answer(std::uint64_t rounds);

}  // namespace bakeoff::workloads
