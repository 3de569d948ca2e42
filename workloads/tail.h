// The bytes of a message that has not arrived whole: the part of framing that both sides of every protocol share.
//
// Complete messages are read where they lie, in the caller's buffer. Only what is left over is copied, and when the
// rest of it arrives, only about as much is copied as completes it. Every byte is looked at a bounded number of times:
// the protocol says how many bytes it needs before it is worth asking again, and remembers how far it has looked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace bakeoff::workloads {

/// What a protocol made of the bytes at the front of the buffer.
struct Taken {
  std::size_t bytes = 0;  ///< Used up; they are not shown again.
  std::size_t needs = 0;  ///< 0: a message is complete. Otherwise: at least this many bytes must lie behind the used
                          ///< ones before it asks again; more than lie there now.
};

class Tail {
 public:
  /// Shows the kept bytes and then `received` to `take(std::string_view) -> Taken`, message by message, until it needs
  /// more or `go_on() -> bool` says no; keeps the rest. What is shown is never empty, and begins where the bytes used
  /// up by the last call ended.
  template <class Take, class GoOn>
  void drive(std::string_view received, Take&& take, GoOn&& go_on);

  /// Only keeps the bytes.
  void keep(std::string_view received) { kept_.append(received); }

  /// Forgets everything.
  void clear();

  std::size_t size() const { return kept_.size() - begin_; }

 private:
  /// An idle connection keeps no more memory than this for its tail.
  static constexpr std::size_t kIdleCapacity = 256;
  /// A message that was split takes at least this much more of the new bytes at a time.
  static constexpr std::size_t kChunk = 512;

  std::string_view held() const { return std::string_view(kept_).substr(begin_); }
  void compact();
  void release();

  std::string kept_;
  std::size_t begin_ = 0;  ///< The front of kept_ that is used up.
  std::size_t needs_ = 1;  ///< Not worth asking below this size.
};

template <class Take, class GoOn>
void Tail::drive(std::string_view received, Take&& take, GoOn&& go_on) {
  if (!kept_.empty()) {
    std::size_t fresh = 0;  // How many bytes at the end of kept_ came from `received`.
    for (;;) {
      if (size() <= fresh) {
        // What is left came from the caller's buffer: go back and read it there.
        received = {received.data() - size(), received.size() + size()};
        release();
        break;
      }
      if (size() < needs_) {
        if (received.empty()) return compact();
        const std::size_t chunk = std::min(received.size(), std::max(needs_ - size(), kChunk));
        kept_.append(received.substr(0, chunk));
        received.remove_prefix(chunk);
        fresh += chunk;
        continue;
      }
      const Taken taken = take(held());
      begin_ += taken.bytes;
      needs_ = std::max<std::size_t>(taken.needs, 1);
      if (!go_on()) {
        kept_.append(received);
        return compact();
      }
    }
  }
  while (received.size() >= needs_) {
    const Taken taken = take(received);
    received.remove_prefix(taken.bytes);
    needs_ = std::max<std::size_t>(taken.needs, 1);
    if (!go_on()) break;
  }
  if (!received.empty()) kept_.assign(received);
}

/// Moves the rest to the front only when at least as much was used up: linear over the whole.
inline void Tail::compact() {
  if (begin_ == kept_.size()) return release();
  if (begin_ < kept_.size() - begin_) return;
  if (kept_.capacity() > kIdleCapacity) {
    kept_ = std::string(held());
  } else {
    kept_.erase(0, begin_);
  }
  begin_ = 0;
}

/// Empties the buffer, and gives the memory back when it is more than an idle connection should have.
inline void Tail::release() {
  if (kept_.capacity() > kIdleCapacity) {
    std::string().swap(kept_);
  } else {
    kept_.clear();
  }
  begin_ = 0;
}

inline void Tail::clear() {
  release();
  needs_ = 1;
}

}  // namespace bakeoff::workloads
