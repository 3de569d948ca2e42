// How an Asio loop calls the back end: an asynchronous client on the loop itself, for callbacks and coroutines.
//
// Who waits: the loop. Who owns: a loop owns its client, which owns its connections. The pool behind it, and who gets
// which connection: back_end/loop_pool.h.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "models/asio/net.h"
#include "models/back_end/address.h"
#include "models/back_end/link.h"
#include "models/back_end/loop_pool.h"

namespace bakeoff::models::asio {

class AsioBackEndLink final : public back_end::LoopLink {
 public:
  AsioBackEndLink(boost::asio::io_context& io, back_end::LoopPool& pool, const workloads::BackEndUse& use)
      : LoopLink(pool, use), socket_(io) {}

 private:
  void connect(const workloads::BackEnd& server) override {
    back_end::Connecting state{};
    Descriptor made = back_end::begin_connecting(server, state);
    error_code error;
    if (made) socket_.assign(boost::asio::ip::tcp::v4(), made.get(), error);
    if (!made || error) return on_end();
    static_cast<void>(made.release());
    ++generation_;
    if (state == back_end::Connecting::connected) return begin();
    socket_.async_wait(LoopSocket::wait_write, [this, opened = generation_](error_code failed) {
      if (failed || opened != generation_) return;
      const bool connected = back_end::check_connecting(socket_.native_handle()) == back_end::Connecting::connected;
      connected ? begin() : on_end();
    });
  }

  void begin() {
    const std::uint64_t opened = generation_;
    on_connected();
    if (opened == generation_) read();
  }

  /// Always under way while it is open, so that the end of an idle connection is seen too.
  void read() {
    socket_.async_read_some(boost::asio::buffer(input_),
                            [this, opened = generation_](error_code error, std::size_t size) {
                              if (opened != generation_ || !socket_.is_open()) return;
                              if (error) return on_end();
                              on_received({input_.data(), size});
                              if (opened == generation_ && socket_.is_open()) read();
                            });
  }

  /// A request is small, and the send buffer of a connection with one call at a time is empty.
  void send(std::string_view bytes) override {
    if (send_some(socket_.native_handle(), bytes) != static_cast<ssize_t>(bytes.size())) on_end();
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
    ++generation_;
  }

  LoopSocket socket_;
  std::uint64_t generation_ = 0;  // An operation may complete after its socket was closed, and another one opened.
  std::array<char, back_end::kAnswerReadSize> input_;
};

class AsioBackEnd final : public back_end::LoopPool {
 public:
  AsioBackEnd(boost::asio::io_context& io, const workloads::BackEndUse& use)
      : LoopPool(use), io_(io), use_(use), timer_(io) {}

  /// The same as LoopPool::end().
  void end() {
    LoopPool::end();
    timer_.cancel();
  }

 private:
  std::unique_ptr<back_end::LoopLink> make_link() override {
    return std::make_unique<AsioBackEndLink>(io_, *this, use_);
  }
  void wake_at(Clock::time_point time) override {
    timer_.expires_at(time);
    timer_.async_wait([this](error_code error) {
      if (!error) on_time();
    });
  }

  boost::asio::io_context& io_;
  const workloads::BackEndUse& use_;
  LoopTimer timer_;
};

}  // namespace bakeoff::models::asio
