// Sessions without sockets: what a model would do with a Step, and a client and a server joined in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/catalogue.h"
#include "workloads/file_set.h"

namespace bakeoff::workloads {

inline constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

/// The files that GET /file/<k> finds, as the vectors of PROTOCOLS.md have them.
inline const FileSet kThreeFiles{.count = 3, .bytes = "fixed:6"};

/// A service of the given workload with a fixed date, files and a back end.
std::unique_ptr<Service> make_service(std::string_view workload, StoreKind store = StoreKind::unshared,
                                      std::size_t message_bytes = 64, std::size_t store_bytes = 4 * 1024 * 1024,
                                      const Faults& faults = {});

/// One connection to a service, driven as a model drives it, without waiting.
class Conversation {
 public:
  /// `compute` is what it does for CPU work.
  explicit Conversation(Service& service, const FileSet& files = kThreeFiles,
                        std::uint64_t (*compute)(const Work&) = run)
      : session_(service.connect()), files_(files), compute_(compute) {}

  /// Feeds the bytes, does every step that is wanted, and returns the replies. The files are those of `files`, and a
  /// back end answers item k with k.
  std::string say(std::string_view bytes);
  /// Cuts the bytes into pieces; `size_of_next()` says how long the next one is (0 counts as 1).
  std::string say_in_pieces(std::string_view bytes, const std::function<std::size_t()>& size_of_next);
  std::string say_byte_by_byte(std::string_view bytes);

  bool closed() const { return closed_; }
  /// The steps other than input that were done, in order.
  const std::vector<Step>& steps() const { return steps_; }
  /// The longest that the replies were when they were handed over.
  std::size_t longest_handover() const { return longest_handover_; }
  ServerSession& session() { return *session_; }

 private:
  /// What the step comes to, for resume(). Appends a file that is sent.
  std::string do_step(const Step& step, std::string& all);

  std::unique_ptr<ServerSession> session_;
  FileSizes files_;
  std::uint64_t (*compute_)(const Work&);
  bool closed_ = false;
  std::vector<Step> steps_;
  std::size_t longest_handover_ = 0;
};

/// Totals of a client.
struct Heard {
  std::uint64_t completed = 0;
  std::uint64_t error_replies = 0;
  std::uint64_t wrong = 0;
  bool broken = false;
  bool closing = false;
};

void add(Heard& heard, const Consumed& consumed);

/// Lets `client` ask `server` until `requests` have been made or it has no more, `depth` of them ahead.
Heard talk(ClientSession& client, Conversation& server, std::uint64_t requests, std::uint64_t depth = 1);

/// Gives the client reply bytes after it has asked `requests` times.
Heard hear(ClientSession& client, std::string_view replies, int requests = 1);

/// The head and the end of an HTTP reply with the fixed date, for the fields that our server sends.
std::string http_reply(std::string_view status, std::string_view body, std::string_view more_fields = "");

}  // namespace bakeoff::workloads
