// What a verifier asks, request by request, each with what it has to be answered with.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bakeoff::workloads {

/// `Expected` is what the protocol knows of a reply beforehand.
template <typename Expected>
class Script {
 public:
  struct Line {
    std::string request;
    Expected expected;
  };

  void add(std::string request, Expected expected) { lines_.push_back({std::move(request), std::move(expected)}); }
  /// Whether the line that was added last has this request.
  bool ends_with(const std::string& request) const { return !lines_.empty() && lines_.back().request == request; }

  /// Appends the next request; false after the last one.
  bool next_request(std::string& requests) {
    if (asked_ == lines_.size()) return false;
    requests.append(lines_[asked_++].request);
    return true;
  }

  /// The line whose reply comes next. Only while a reply is due.
  const Line& due() const { return lines_[answered_]; }
  /// The same, and it is answered with that.
  const Line& take_due() { return lines_[answered_++]; }
  /// What has been asked and not been answered will not be.
  void skip_due() { answered_ = asked_; }

 private:
  std::vector<Line> lines_;
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace bakeoff::workloads
