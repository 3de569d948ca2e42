// The contract between a protocol and the model or load generator that moves its bytes.
//
// A session is one connection's protocol state and nothing else: no socket, no thread, no clock. A model reads bytes,
// feeds them, and does what the returned Step wants next; which means that every model does the same work by
// construction and differs only in who waits, and where. The idea is known as sans-I/O
// (https://sans-io.readthedocs.io).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "workloads/back_end.h"
#include "workloads/reply_code.h"
#include "workloads/work.h"

namespace bakeoff::workloads {

/// How a file gets to a peer.
enum class FileTransfer : std::uint8_t {
  sendfile,  ///< By sendfile(): the kernel copies it.
  read,      ///< Read into memory, and sent from there together with the replies.
};

/// A file, named by its number in a folder that the model has opened for the service.
struct FileName {
  int folder = -1;  ///< A descriptor.
  std::uint64_t number = 0;
  FileTransfer transfer = FileTransfer::sendfile;
};

/// What a session wants next. A value: copying it copies no connection state.
struct Step {
  enum class Want : std::uint8_t {
    input,      ///< Read more bytes and feed them.
    flush,      ///< Write the replies out, then call resume(""): more replies are ready to be made.
    wait,       ///< Flush, let `pause` pass without holding anybody else up, then resume("").
    compute,    ///< Flush, run(work) where the model runs CPU work, then resume(its answer).
    open_file,  ///< Flush, open `file`, then resume(its size in decimal), or resume(kNoFile), or resume(kFileFailed).
    send_file,  ///< Flush, send the opened file whole behind the replies, close it, then resume("").
    call,       ///< Flush, make `calls` of the back end, all at once, then resume(what came of them): see back_end.h.
    close,      ///< Flush, then close the connection: the conversation is over.
  };
  Want want = Want::input;
  Calls calls{};                      ///< For call.
  std::chrono::nanoseconds pause{0};  ///< For wait.
  Work work{};                        ///< For compute.
  FileName file{};                    ///< For open_file and send_file, which follows it or does not.

  static Step input() { return {}; }
  static Step flush() { return {.want = Want::flush}; }
  static Step wait(std::chrono::nanoseconds pause) { return {.want = Want::wait, .pause = pause}; }
  static Step compute(Work work) { return {.want = Want::compute, .work = work}; }
  static Step open_file(const FileName& file) { return {.want = Want::open_file, .file = file}; }
  static Step send_file(const FileName& file) { return {.want = Want::send_file, .file = file}; }
  static Step call(const Calls& calls) { return {.want = Want::call, .calls = calls}; }
  static Step close() { return {.want = Want::close}; }
};

/// What a model hands to resume() after open_file instead of a size: there is no such file, or it could not be opened.
inline constexpr std::string_view kNoFile = "no file";
inline constexpr std::string_view kFileFailed = "failed";

/// One connection, seen from the server.
///
/// Calls never block, never throw for anything that a peer can send, and are made by one caller at a time, though not
/// always by the same OS thread (fibers migrate). Replies are appended to `replies` in the order of the requests; the
/// caller owns that string, writes it out and clears it.
class ServerSession {
 public:
  virtual ~ServerSession() = default;

  /// Takes every complete message in `received`, appends the replies and says what is wanted next. An incomplete
  /// tail is kept inside, at most 4 MiB of it. Processing stops early at a step that wants something other than input,
  /// and with `flush` when the replies pass kReplyCap. While such a step is pending, feed() only buffers and returns
  /// that same step again: nothing needs to be armed twice and no model needs a paused state.
  /// Bytes that do not follow the protocol, or an oversize message: the protocol's own error is appended and close is
  /// wanted.
  virtual Step feed(std::string_view received, std::string& replies) = 0;

  /// Goes on after flush, wait, compute, open_file, send_file or call. `result` is the answer of the Work or of the
  /// back end, what became of the opening, "" otherwise. A model that cannot send the whole file ends the connection
  /// instead.
  virtual Step resume(std::string_view result, std::string& replies) = 0;
};

/// Replies are handed over for writing when they pass this many bytes, so that a long pipeline cannot grow a buffer
/// without bound.
inline constexpr std::size_t kReplyCap = 64UL * 1024;

/// What the server side says that it did. Totals over all sessions that have ended.
struct ServiceReceipt {
  std::uint64_t requests = 0;        ///< Requests answered, protocol errors included.
  std::uint64_t bytes_received = 0;  ///< Bytes fed.
  std::uint64_t bytes_sent = 0;      ///< Bytes of replies made, and of files sent.
  std::uint64_t files = 0;           ///< Files sent whole.
  std::uint64_t calls = 0;           ///< Calls of the back end, whatever came of them.
  /// Requests whose calls failed, by what came of them (CallOutcome).
  std::array<std::uint64_t, kCallOutcomes> failed_calls{};
  std::uint64_t back_end_connections = 0;  ///< Made to the back end.
  std::uint64_t call_waits = 0;    ///< Waits for a connection to it: calls made one after the other may each wait,
  std::uint64_t call_wait_ns = 0;  ///< and how long they took, all together.
  std::optional<std::int64_t> final_counter;  ///< The integer at the key "counter", for the counter workload.
};

class Tallies;

/// The back end of a service, and where its model counts what the sessions cannot see: connections to it, and waits for
/// one of them (Tallies). Safe to use from several threads and processes at once.
struct BackEndUse {
  const BackEnd server;
  Tallies& tallies;
};

/// The server side of one workload: makes the sessions and holds what they share (the store, the tallies).
/// With StoreKind::process_shared all of it lies in memory that survives fork(): make the Service before forking.
class Service {
 public:
  virtual ~Service() = default;

  /// A session for a new connection. Safe to call from several threads at once where the store kind is. The session
  /// must be destroyed before the Service; its tally is added to the receipt when it is destroyed.
  virtual std::unique_ptr<ServerSession> connect() = 0;

  /// Blocks for no longer than the store's locks.
  virtual ServiceReceipt receipt() const = 0;

  /// The back end that its sessions may want to be called (Step::Want::call); nullptr: they never do. It lives as long
  /// as this.
  virtual const BackEndUse* back_end() { return nullptr; }
};

/// What came of bytes received by a client.
struct Consumed {
  std::uint32_t completed = 0;      ///< Replies completed, whatever they said.
  std::uint32_t error_replies = 0;  ///< Those that are errors in the protocol's words (HTTP status >= 400, RESP -ERR).
  std::uint32_t wrong = 0;          ///< Those that are not the answer that was asked for.
  std::uint32_t files = 0;          ///< Those that were files of a set, whole, whatever stood in them.
  std::uint32_t calls = 0;          ///< Calls of the back end that the right ones among them stand for.
  /// What the first of the error replies in these bytes calls its error; empty when there is none. Where several came
  /// at once, the others are counted as if they had said the same.
  ReplyCode code{};
  /// Why nothing more can be read from this connection (refusal.h), "" as long as the bytes follow the protocol.
  std::string_view refusal{};
  bool closing = false;  ///< The server said that it closes after the last completed reply, or that it closes now.
};

/// One connection, seen from the load generator: the mirror image of ServerSession. Every reply is checked byte by
/// byte against the request that asked for it. Same rules: no blocking, one caller at a time.
class ClientSession {
 public:
  virtual ~ClientSession() = default;

  /// Appends the next request's bytes to `requests`. False when the session has nothing more to ask (a verifier that
  /// is through); a load never ends. Requests may be asked for ahead of replies: that is pipelining.
  virtual bool next_request(std::string& requests) = 0;

  /// The names of its classes of requests, whose latencies are reported apart as well; none where all are of one kind.
  virtual std::span<const std::string> classes() const { return {}; }
  /// For a session with classes: that of the last request made, by its place.
  virtual std::size_t last_class() const { return 0; }

  /// Takes reply bytes, in any split; keeps an incomplete tail inside.
  virtual Consumed consume(std::string_view bytes) = 0;

  /// The server has ended the connection, which completes a reply that goes on to its end. Says what came of that.
  virtual Consumed end() { return {}; }

  /// The connection has ended. What is asked next goes out on another one: by this session where the load goes on with
  /// it (a connection for each request), by a new one otherwise.
  virtual void connection_ended() {}

  /// What was expected and what came, for the first reply that was an error, wrong or refused; "" if none was.
  virtual std::string complaint() const = 0;
};

}  // namespace bakeoff::workloads
