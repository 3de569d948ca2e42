#include "harness/experiment/back_end_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/load/blocking_connection.h"
#include "harness/measure/monotonic.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/variant.h"
#include "workloads/resp.h"

namespace bakeoff::experiment {
namespace {

using workloads::BackEndProtocol;

/// One question and its answer take no longer.
constexpr std::uint64_t kAnswerNs = 2'000'000'000;
constexpr std::uint64_t kItemsAtOnce = 500;
/// Our own: a loop does nothing but keep the time.
constexpr const char* kOwnModel = "event-loop:reactor=epoll";

subjects::Subject server_of(const subjects::Inventory& inventory, const journal::BackEndFacts& facts) {
  if (facts.name != kOwnBackEnd) return *inventory.find(facts.name);
  subjects::Subject own = subjects::make_variant(inventory, kOwnModel);
  own.arguments.insert(own.arguments.end(), {"--id-delay-us", std::to_string(facts.delay_us.value_or(0))});
  return own;
}

BackEndProtocol protocol_of(const subjects::Subject& server) {
  return server.foreign ? server.foreign->back_end.value() : BackEndProtocol::http;
}

/// The pools of all subjects of a block are open at the same time.
journal::Params sized_for_all() {
  constexpr std::uint64_t kConnections = 2000;
  journal::Params params;
  params.load.connections = kConnections;
  return params;
}

/// Asks a new connection for an item. Throws load::ExchangeError where it is not answered, std::runtime_error where it
/// is answered wrongly.
void ask_for(std::uint64_t item, BackEndProtocol protocol, load::BlockingConnection& connection) {
  using Heard = workloads::BackEndSession::Heard;
  const auto session = workloads::make_back_end_session(protocol);
  std::string requests;
  session->greet(requests);
  const auto hear = [&] {
    connection.send(requests);
    requests.clear();
    Heard heard = Heard::more;
    while (heard == Heard::more) heard = session->consume(connection.receive());
    return heard;
  };
  if (!session->is_ready() && hear() != Heard::ready) throw std::runtime_error("it takes no connection");
  session->ask(item, requests);
  if (hear() != Heard::answer || session->answer() != std::to_string(item)) {
    throw std::runtime_error(fmt::format("it does not answer item {} with {}", item, item));
  }
}

/// SET item:<k> <k> for all of them.
void fill_redis(load::BlockingConnection& connection) {
  for (std::uint64_t item = 0; item < workloads::kBackEndItems; item += kItemsAtOnce) {
    std::string commands;
    for (std::uint64_t k = item; k < item + kItemsAtOnce; ++k) {
      workloads::append_command(commands, {"SET", "item:" + std::to_string(k), std::to_string(k)});
    }
    connection.send(commands);
    constexpr std::size_t kOkBytes = 5;  // "+OK\r\n"
    for (std::size_t left = kItemsAtOnce * kOkBytes; left > 0;) {
      const std::string_view replies = connection.receive();
      if (replies.find('-') != std::string_view::npos) throw std::runtime_error("it takes no items");
      left -= std::min(left, replies.size());
    }
  }
}

/// "" once it has been filled and answers.
std::string try_back_end(BackEndProtocol protocol, std::uint16_t port) try {
  const load::SocketAddress peer = load::resolve("127.0.0.1", port);
  if (protocol == BackEndProtocol::redis) {
    load::BlockingConnection filling(peer, measure::now_ns() + kAnswerNs, subjects::interrupted);
    fill_redis(filling);
  }
  for (const std::uint64_t item : {std::uint64_t{0}, workloads::kBackEndItems - 1}) {
    load::BlockingConnection connection(peer, measure::now_ns() + kAnswerNs, subjects::interrupted);
    ask_for(item, protocol, connection);
  }
  return "";
} catch (const std::runtime_error& error) {
  return error.what();
}

}  // namespace

std::vector<std::string> back_end_names(const subjects::Inventory& inventory) {
  std::vector<std::string> names{kOwnBackEnd};
  for (const subjects::Subject& subject : inventory.subjects) {
    if (subject.foreign && subject.foreign->back_end) names.push_back(subject.name);
  }
  return names;
}

BackEndServer::BackEndServer(const subjects::Inventory& inventory, const journal::BackEndFacts& facts,
                             const std::vector<int>& cpus)
    : subject_(server_of(inventory, facts)),
      protocol_(protocol_of(subject_)),
      server_(subject_, subject_.foreign ? "" : "http", sized_for_all(), cpus,
              [protocol = protocol_](std::uint16_t port) { return try_back_end(protocol, port); }) {
  if (subject_.foreign) return;
  if (const std::string why = try_back_end(protocol_, server_.port()); !why.empty()) {
    throw CompanionError(journal::Outcome::not_run, fmt::format("beside the subject: {}: {}", subject_.name, why));
  }
}

BackEndServer::~BackEndServer() {
  try {
    if (!subjects::interrupted) server_.stop();
  } catch (const std::exception&) {  // It has gone already, or goes with its object.
  }
}

std::string BackEndServer::url() const {
  return fmt::format("{}://127.0.0.1:{}", workloads::scheme_of(protocol_), server_.port());
}

std::string BackEndServer::why_gone() try {
  server_.expect_alive();
  return "";
} catch (const CompanionError& error) {
  return error.what();
}

}  // namespace bakeoff::experiment
