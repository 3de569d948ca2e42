#include "models/asio/server.h"

#include <functional>
#include <utility>

#include "models/asio/connection.h"
#include "models/asio/inbox_reader.h"
#include "models/asio/net.h"

namespace bakeoff::models::asio {

/// One thread uses the loop, so Asio needs no locks either.
struct AsioServer::Loop : AsioLoop<InlinePolicy> {
  Loop(workloads::Service& served, std::atomic<std::uint64_t>& counted)
      : AsioLoop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE, served, InlinePolicy(), &counted) {}
};

AsioServer::AsioServer(workloads::Service& service, std::span<ServerTally> tallies, std::size_t own)
    : tallies_(tallies), tally_(tallies[own]) {
  tally_.live = 0;  // A predecessor that was killed could not count its connections down.
  loop_ = std::make_unique<Loop>(service, tally_.live);
}

AsioServer::~AsioServer() = default;

void AsioServer::serve(const Listener& listener, bool competing, const StopToken& stop) {
  const auto on_accept = [this](Descriptor socket) {
    ++tally_.connections;
    loop_->add_connection(std::move(socket));
  };
  const auto on_stop = [this] { loop_->abort(); };
  std::function<bool()> gives_way;
  if (competing) gives_way = [this] { return has_more_than_its_share(tally_, tallies_); };
  AsioAcceptor acceptor(loop_->io, listener, stop, on_accept, on_stop, gives_way);
  loop_->io.run();
  tally_.accept_error = acceptor.pauses().error();
  tally_.accept_pauses += acceptor.pauses().times();
}

void AsioServer::serve(SocketInbox& inbox) {
  InboxReader reader(
      loop_->io, inbox, [this](Descriptor socket) { loop_->add_connection(std::move(socket)); },
      [this] { loop_->abort(); });
  loop_->io.run();
}

}  // namespace bakeoff::models::asio
