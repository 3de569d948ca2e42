// What a load asks of the http workload, request by request, and what each has to be answered with. Fixed by the
// targets and the stream (seed and connection) alone, so that every subject gets the same sequence. The connections
// share it.
//
// A load of several kinds draws the kind of each request by its weight. Their latencies are reported apart, each class
// under a name of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/catalogue.h"
#include "workloads/http_target.h"

namespace bakeoff::workloads {

class HttpRequests {
 public:
  /// `request`, `urls`, `host` and `form` of the settings. Throws std::invalid_argument in one line. Several kinds are
  ///   /{mixed:SHARE,ROUNDS}: that share of the requests is GET /work/<ROUNDS>, class "heavy", the others are
  ///   GET /id/<k>, class "light";
  ///   /{mix: WEIGHT KIND [DETAIL], ...}: weights are relative to their sum. The kinds are hello; id; wait SHAPE;
  ///   work ROUNDS; file [zipf:FILES,EXPONENT]; call [CALLS|at-once:CALLS]. A class is called as its targets begin:
  ///   "/wait". Where a kind is there twice, the second is "/wait 2";
  ///   several urls, each a class that is called as the target is. One that is there twice is one kind.
  explicit HttpRequests(const ClientSettings& settings);

  /// Appends request number `index` of the connection with this stream (stream_of(seed, connection)), the first being
  /// 0. Returns its class_of().
  std::size_t append(std::string& requests, std::uint64_t stream, std::uint64_t index) const {
    const std::size_t kind = class_of(stream, index);
    requests.append(method_);
    kinds_[kind].append(requests, stream, index);
    requests.append(behind_);
    return kind;
  }

  /// What request number `index` must be answered with; its text lies in `buffer` or in this.
  ExpectedBody expected(std::uint64_t stream, std::uint64_t index, std::string& buffer) const {
    return expected_of(class_of(stream, index), stream, index, buffer);
  }
  /// The same where it is known to be of this kind.
  ExpectedBody expected_of(std::size_t kind, std::uint64_t stream, std::uint64_t index, std::string& buffer) const {
    return kinds_[kind].expected(stream, index, buffer);
  }

  /// How many files of a set they ask for, from file 0 on; 0: none.
  std::uint64_t files() const { return files_; }
  /// Whether some of them have the server call its back end.
  bool call() const { return call_; }
  /// Whether the replies have no bodies, because the method is HEAD.
  bool to_head() const { return to_head_; }
  /// Whether the answers to some of them are not known, and so are compared with the first of their kind.
  bool learns() const;

  /// How many kinds there are, and the names of the classes, which are as many; empty where there is one kind only.
  std::size_t kinds() const { return kinds_.size(); }
  const std::vector<std::string>& classes() const { return classes_; }
  /// The kind of that request: its place, also among the classes.
  std::size_t class_of(std::uint64_t stream, std::uint64_t index) const {
    return kinds_.size() == 1 ? 0 : drawn_class(stream, index);
  }

 private:
  std::size_t drawn_class(std::uint64_t stream, std::uint64_t index) const;
  void read_target(std::string_view target, bool known);
  void read_mixture(std::string_view text);
  void read_mix(std::string_view text);
  void read_urls(const ClientSettings& settings, bool known);
  void add_kind(const std::string& name, double weight, HttpTarget target);
  void weigh_by_sum();

  std::string method_;  ///< With the space behind it,
  std::string behind_;  ///< and what stands behind every target.
  bool to_head_;
  std::vector<HttpTarget> kinds_;
  std::vector<double> up_to_;  ///< The draw below which it is this kind; of the last nothing is asked.
  std::vector<std::string> classes_;
  std::vector<std::uint32_t> order_;  ///< The kinds in the order in which they are asked for; empty: they are drawn.
  std::uint64_t files_ = 0;
  bool call_ = false;
};

}  // namespace bakeoff::workloads
