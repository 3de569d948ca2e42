// What a load asks of the http workload, request by request, and what each has to be answered with. Fixed by the target
// and the stream (seed and connection) alone, so that every subject gets the same sequence.
//
// A load of several kinds draws the kind of each request by its weight. Their latencies are reported apart, each class
// under a name of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/http_target.h"

namespace bakeoff::workloads {

class HttpRequests {
 public:
  /// `target` and `host` as in ClientSettings. Throws std::invalid_argument in one line. Several kinds are
  ///   /{mixed:SHARE,ROUNDS}: that share of the requests is GET /work/<ROUNDS>, class "heavy", the others are
  ///   GET /id/<k>, class "light";
  ///   /{mix: WEIGHT KIND [DETAIL], ...}: weights are relative to their sum. The kinds are hello; id; wait SHAPE;
  ///   work ROUNDS; file [zipf:FILES,EXPONENT]; call [CALLS|at-once:CALLS]. A class is called as its targets begin:
  ///   "/wait". Where a kind is there twice, the second is "/wait 2".
  HttpRequests(std::string_view target, const std::string& host, std::uint64_t stream);

  /// Appends request number `index`, the first being 0.
  void append(std::string& requests, std::uint64_t index) const { kind_of(index).append(requests, index); }

  /// What request number `index` must be answered with; its text lies in `buffer` or in this.
  ExpectedBody expected(std::uint64_t index, std::string& buffer) const {
    return kind_of(index).expected(index, buffer);
  }

  /// How many files of a set they ask for, from file 0 on; 0: none.
  std::uint64_t files() const { return files_; }
  /// Whether some of them have the server call its back end.
  bool call() const { return call_; }

  /// The names of the classes; empty where there is one kind only.
  const std::vector<std::string>& classes() const { return classes_; }
  /// The class of that request.
  std::size_t class_of(std::uint64_t index) const;

 private:
  const HttpTarget& kind_of(std::uint64_t index) const { return kinds_[class_of(index)]; }
  void read_mixture(std::string_view text, const std::string& host, std::uint64_t stream);
  void read_mix(std::string_view text, const std::string& host, std::uint64_t stream);
  void add_kind(const std::string& name, double weight, HttpTarget target);

  std::uint64_t mixture_stream_;
  std::vector<HttpTarget> kinds_;
  std::vector<double> up_to_;  ///< The draw below which it is this kind; of the last nothing is asked.
  std::vector<std::string> classes_;
  std::uint64_t files_ = 0;
  bool call_ = false;
};

}  // namespace bakeoff::workloads
