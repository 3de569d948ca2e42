// A server that is wrong on purpose, so that the harness can prove that it notices: one that stalls a known time, one
// that answers wrongly every so often, and one that does a known share more work than was asked of it. A null server,
// which does nothing at all, is next door: null_server.h.
//
// A faulty session decorates a well-behaved one of any protocol. It feeds that session byte by byte. Each request is
// completed by exactly one of its bytes, so the bytes that follow that one are one whole reply. The count of replies is
// therefore exact, however the input was split and however many requests it holds. That costs time: two servers that
// are compared must both be decorated.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "workloads/session.h"

namespace bakeoff::workloads {

/// What is to go wrong; nothing does by default. Replies are counted over the whole service, from 1 and as they are
/// made, those of a verifier included; in memory that survives fork(), so that every model, whatever its store kind,
/// counts them alike. What a killed process has counted stays counted.
struct Faults {
  std::uint64_t stall_at_request = 0;  ///< This reply is held back; 0: none.
  std::chrono::nanoseconds stall{0};   ///< For how long. Only its own connection waits, as for GET /wait.
  /// One in this many replies has a byte of its content changed, in a way that leaves it a reply of its kind; 0: none.
  /// A reply without content (an error, to HEAD, a null) passes its turn on to the next of its connection, and so does
  /// a connection's first one, from which clients learn what to compare the others with.
  std::uint64_t wrong_every = 0;
  /// Before the work of each request, this share of its rounds is computed in addition: 0.05 makes a server that costs
  /// 5 % more and answers the same. 0 is its control: it is decorated alike and has an extra work of no rounds, so that
  /// the two differ in the rounds alone. When the extra answer differs from that of the same work before, one reply is
  /// made wrong.
  std::optional<double> extra_work{};
  bool null = false;  ///< The null server serves in the workload's place: null_server.h.
};

/// What the faults have to know of a protocol.
struct FaultyProtocol {
  /// False for what is sent on the way to a reply (HTTP's 100 Continue).
  bool (*is_reply)(std::string_view bytes);
  /// Changes the content of one whole reply to what its client must find wrong, and keeps its size. False when there
  /// is no content to change.
  bool (*spoil)(std::string& reply);
  /// The request whose answer the null server repeats; nullptr where the service itself is as good as null.
  const char* null_request;
};

extern const FaultyProtocol kFaultyEcho, kFaultyHttp, kFaultyCounter;

/// The service with its stall, its wrong answers and its extra work; the service itself when there are none. Its
/// receipt says what was really sent.
std::unique_ptr<Service> with_faults(std::unique_ptr<Service> service, const FaultyProtocol& protocol,
                                     const Faults& faults);

}  // namespace bakeoff::workloads
