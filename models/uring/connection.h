// A connection on an io_uring. Up to three of its operations are outstanding: its receive, a send, a timeout or an
// operation on a file, and a poll for the peer's end while nothing is received. A file is read into memory chunk by
// chunk and sent from there: the ring has no sendfile, and a splice through a pipe takes two operations and a thread.
//
// Who waits: the ring's thread. Who owns: a connection owns itself, its socket and its session, and deletes itself when
// it is over and its last operation has completed. The loop lists the connections so that a stop can reach them. The
// reply string is the loop's, because handlers do not overlap.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/connection.h"
#include "models/connection_list.h"
#include "models/peer_disconnect.h"
#include "models/uring/back_end.h"
#include "models/uring/ring.h"

namespace bakeoff::models::uring {

class UringConnection;

/// The ring, and what its connections share.
struct UringLoop {
  explicit UringLoop(workloads::Service& served) : service(served) {
    if (const workloads::BackEndUse* use = served.back_end()) client.emplace(ring, *use);
  }

  Uring ring;
  std::optional<UringBackEnd> client;  // None where the service has no back end.
  workloads::Service& service;
  std::string replies;  // Empty whenever a handler returns.
  ConnectionList<UringConnection> connections;

  /// Keeps the memory of a string that has been sent for the next sends: many small pieces, or few large ones.
  void recycle(std::string sent) {
    drop_replies(sent);
    if (spares_.size() == kMostSpares || spare_bytes_ + sent.capacity() > kMostSpareBytes) return;
    spare_bytes_ += sent.capacity();
    spares_.push_back(std::move(sent));
  }
  std::string take_spare() {
    if (spares_.empty()) return {};
    std::string last = std::move(spares_.back());
    spares_.pop_back();
    spare_bytes_ -= last.capacity();
    return last;
  }

 private:
  static constexpr std::size_t kMostSpares = 256;
  static constexpr std::size_t kMostSpareBytes = 4 * kReplyCapacityKept;
  std::vector<std::string> spares_;
  std::size_t spare_bytes_ = 0;
};

class UringConnection : public ConnectionHook {
 public:
  UringConnection(UringLoop& loop, Descriptor socket)
      : loop_(loop), session_(loop.service.connect()), socket_(std::move(socket)) {
    loop_.connections.push_back(*this);
  }

  static void start(UringLoop& loop, Descriptor socket) try {
    auto made = std::make_unique<UringConnection>(loop, std::move(socket));
    made->receive();
    static_cast<void>(made.release());  // It owns itself from here on.
  } catch (const std::exception&) {     // No memory for it: the peer sees a closed connection.
  }

  /// Has every outstanding operation complete, and the connection end with the last of them.
  void shut_down() {
    ending_ = true;
    ::shutdown(socket_.get(), SHUT_RDWR);
    if (pausing_) loop_.ring.cancel(paused_);
  }

 private:
  void on_received(const Uring::Completion& done) {
    receiving_ = done.more;
    // Out of buffers, or held back below: it goes on later. Anything else that brings nothing is the end.
    if (done.result <= 0 && done.result != -ENOBUFS && done.result != -ECANCELED) {
      at_end_ = true;
      end_events_ |= done.result == 0 ? EPOLLRDHUP : EPOLLERR;
    }
    if (ending_) return end_if_over();
    if (has_disconnected()) return end();
    if (!sending_ && !pausing_ && !on_file_ && !calling_) return take(done.bytes);
    early_input_.append(done.bytes);
    // A peer that keeps sending while its replies are unsent is not read any further: that is the back-pressure.
    if (early_input_.size() >= kReadSize && receiving_ && !std::exchange(held_back_, true)) {
      loop_.ring.cancel(received_);
      return watch_disconnect();
    }
    watch_pause();
  }

  /// In a pause without a receive, because buffers ran out, only a poll can notice that the peer leaves.
  void watch_pause() {
    if (pausing_ && !receiving_ && !at_end_) watch_disconnect();
  }
  void watch_disconnect() {
    if (!std::exchange(watching_, true)) loop_.ring.wait_disconnect(socket_.get(), disconnected_);
  }

  void on_disconnected(const Uring::Completion& done) {
    watching_ = false;
    if (done.result > 0) end_events_ |= static_cast<std::uint32_t>(done.result) & kDisconnectEvents;
    if (ending_) return end_if_over();
    if (has_disconnected()) end();
  }
  bool has_disconnected() const {
    return pausing_ && bakeoff::models::has_disconnected(end_events_, due_ - std::chrono::steady_clock::now());
  }

  void on_paused(const Uring::Completion&) {
    pausing_ = false;
    if (ending_) return end_if_over();
    advance([this] { return perform_step(*session_, step_, file_, loop_.replies); });
  }

  void on_opened(const Uring::Completion& done) {
    on_file_ = false;
    std::array<char, 24> text;
    const std::string_view opened = file_.adopt(std::max(done.result, -1), -done.result, text);
    if (ending_) return end_if_over();
    advance([&] { return finish_opening(*session_, file_, opened, loop_.replies); });
  }

  void on_read(const Uring::Completion& done) {
    on_file_ = false;
    if (done.result <= 0 || ending_) return end();  // The file is shorter than it was, or cannot be read.
    sent_ += static_cast<std::size_t>(done.result);
    file_.skip(static_cast<std::size_t>(done.result));
    if (sent_ < unsent_.size()) return read();
    sent_ = 0;
    send();
  }

  void on_sent(const Uring::Completion& done) {
    sending_ = false;
    if (done.result <= 0 || ending_) return end();
    sent_ += static_cast<std::size_t>(done.result);
    if (sent_ < unsent_.size()) return send();
    loop_.recycle(std::exchange(unsent_, {}));
    advance([this] { return step_; });
  }

  /// Takes input, when nothing is being sent or waited for.
  void take(std::string_view bytes) {
    if (bytes.empty()) return want_input();
    advance([&] { return session_->feed(bytes, loop_.replies); });
  }

  template <typename Next>
  void advance(Next next) try {
    drive(next());
  } catch (const std::exception&) {  // Out of memory for this connection.
    drop_replies(loop_.replies);
    end();
  }

  /// The same order as converse() in connection.h: send, and when all of it is sent, do what the session wants.
  void drive(workloads::Step step) {
    for (;;) {
      step_ = step;
      if (step.want == workloads::Step::Want::send_file && file_.left() != 0) return read_chunk();
      if (!loop_.replies.empty()) return send_replies();
      if (step.want == workloads::Step::Want::open_file) return open_file();
      if (step.want == workloads::Step::Want::call) {
        if (!loop_.client->call(calls(), step.calls)) return void(calling_ = true);
        step = session_->resume(calls_->result(), loop_.replies);
        continue;
      }
      if (step.want == workloads::Step::Want::input) return want_input();
      if (step.want == workloads::Step::Want::close) return shutdown_and_drain(socket_.get()), end();
      if (step.want == workloads::Step::Want::wait) {
        if (bakeoff::models::has_disconnected(end_events_, step.pause)) return end();
        pausing_ = true;
        due_ = std::chrono::steady_clock::now() + step.pause;
        loop_.ring.timeout(step.pause, paused_);
        return watch_pause();
      }
      // It computes on the ring's thread. While its reply is sent, the others have a turn.
      step = perform_step(*session_, step, file_, loop_.replies);
    }
  }

  back_end::LoopCalls& calls() {
    if (!calls_) calls_ = std::make_unique<back_end::LoopCalls>([this] { on_called(); });
    return *calls_;
  }
  void on_called() {
    calling_ = false;
    if (ending_) return end_if_over();
    advance([this] { return session_->resume(calls_->result(), loop_.replies); });
  }

  /// What the operations on files need. Made when the first is asked for.
  struct FileOperations {
    explicit FileOperations(UringConnection* owner)
        : opened(Uring::Operation::of<&UringConnection::on_opened>(owner)),
          read(Uring::Operation::of<&UringConnection::on_read>(owner)) {}
    std::array<char, 24> name{};
    Uring::Operation opened, read;
  };

  void open_file() {
    if (!file_operations_) file_operations_ = std::make_unique<FileOperations>(this);
    auto& name = file_operations_->name;
    *std::to_chars(name.begin(), name.end() - 1, step_.file.number).ptr = '\0';
    on_file_ = true;
    loop_.ring.open_at(step_.file.folder, name.data(), file_operations_->opened);
  }

  /// Reads the next part of the file behind what is to be sent before it. `sent_` is where the next bytes go.
  void read_chunk() {
    unsent_ = loop_.take_spare();
    unsent_.swap(loop_.replies);
    sent_ = unsent_.size();
    unsent_.resize(sent_ + std::min(file_.left(), kFileChunk));
    read();
  }
  void read() {
    on_file_ = true;
    loop_.ring.read(file_.descriptor(), unsent_.data() + sent_, unsent_.size() - sent_, file_operations_->read);
  }

  void want_input() {
    if (!early_input_.empty()) return take(std::exchange(early_input_, {}));
    if (at_end_) return end();
    if (!receiving_) receive();
  }

  void receive() {
    receiving_ = true;
    held_back_ = false;
    loop_.ring.receive_multishot(socket_.get(), received_);
  }

  void send_replies() {
    unsent_ = loop_.take_spare();
    unsent_.swap(loop_.replies);
    sent_ = 0;
    send();
  }

  void send() {
    sending_ = true;
    loop_.ring.send(socket_.get(), std::string_view(unsent_).substr(sent_), sent_all_);
  }

  void end() {
    if (!ending_) {
      if (receiving_) loop_.ring.cancel(received_);
      if (pausing_) loop_.ring.cancel(paused_);
      if (watching_) loop_.ring.cancel(disconnected_);
      if (on_file_) {  // One of the two.
        loop_.ring.cancel(file_operations_->opened);
        loop_.ring.cancel(file_operations_->read);
      }
    }
    ending_ = true;
    end_if_over();
  }
  void end_if_over() {
    if (!receiving_ && !sending_ && !pausing_ && !watching_ && !on_file_ && !calling_) delete this;
  }

  UringLoop& loop_;
  std::unique_ptr<workloads::ServerSession> session_;
  Descriptor socket_;
  Uring::Operation received_ = Uring::Operation::of<&UringConnection::on_received>(this);
  Uring::Operation sent_all_ = Uring::Operation::of<&UringConnection::on_sent>(this);
  Uring::Operation paused_ = Uring::Operation::of<&UringConnection::on_paused>(this);
  Uring::Operation disconnected_ = Uring::Operation::of<&UringConnection::on_disconnected>(this);
  workloads::Step step_;
  std::chrono::steady_clock::time_point due_;  // When a pause ends.
  std::uint32_t end_events_ = 0;               // What has been seen of the peer's end.
  std::string unsent_;                         // What is being sent,
  std::size_t sent_ = 0;                       // and how much of it has been.
  std::string early_input_;                    // What arrived meanwhile.
  OpenFile file_;
  std::unique_ptr<FileOperations> file_operations_;
  std::unique_ptr<back_end::LoopCalls> calls_;  // Made when the session first wants to call.
  bool calling_ = false;                        // They are under way.
  bool on_file_ = false;                        // An operation on the file is outstanding.
  bool receiving_ = false, held_back_ = false, sending_ = false, pausing_ = false, watching_ = false;
  bool at_end_ = false, ending_ = false;
};

}  // namespace bakeoff::models::uring
