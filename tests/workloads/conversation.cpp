#include "tests/workloads/conversation.h"

#include <algorithm>

namespace bakeoff::workloads {
namespace {

class FixedSurroundings final : public ServiceEnvironment {
 public:
  std::string_view http_date() const override { return kDate; }
};

const FixedSurroundings kSurroundings;
constexpr int kAnyFolder = 0;  // Nobody opens it here.

}  // namespace

std::unique_ptr<Service> make_service(std::string_view workload, StoreKind store, std::size_t message_bytes,
                                      std::size_t store_bytes, const Faults& faults) {
  return find_workload(workload)->make_service({.store = store,
                                                .message_bytes = message_bytes,
                                                .store_bytes = store_bytes,
                                                .files = {.folder = kAnyFolder},
                                                .back_end = BackEnd(),
                                                .environment = &kSurroundings,
                                                .faults = faults});
}

std::string Conversation::say(std::string_view bytes) {
  std::string all;
  std::string replies;
  Step step = session_->feed(bytes, replies);
  while (step.want != Step::Want::input) {
    longest_handover_ = std::max(longest_handover_, replies.size());
    all += replies;
    replies.clear();
    if (step.want == Step::Want::close) {
      closed_ = true;
      break;
    }
    steps_.push_back(step);
    step = session_->resume(do_step(step, all), replies);
  }
  return all + replies;
}

std::string Conversation::do_step(const Step& step, std::string& all) {
  switch (step.want) {
    case Step::Want::compute:
      return std::to_string(compute_(step.work));
    case Step::Want::open_file:
      return step.file.number < files_.count() ? std::to_string(files_.bytes(step.file.number)) : std::string(kNoFile);
    case Step::Want::send_file:
      append_file_part(all, step.file.number, files_.bytes(step.file.number), 0, files_.bytes(step.file.number));
      return "";
    case Step::Want::call: {
      std::string result(1, kAnsweredMark);
      for (std::size_t i = 0; i < step.calls.count; ++i) {
        result += (i == 0 ? "" : " ") + std::to_string(step.calls.item(i));
      }
      return result;
    }
    default:
      return "";
  }
}

std::string Conversation::say_in_pieces(std::string_view bytes, const std::function<std::size_t()>& size_of_next) {
  std::string all;
  while (!bytes.empty() && !closed_) {
    const std::size_t size = std::clamp<std::size_t>(size_of_next(), 1, bytes.size());
    // A copy of its own, so that reading beyond the piece or after the call is seen by the sanitizer.
    const std::vector<char> piece(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    all += say({piece.data(), piece.size()});
    bytes.remove_prefix(size);
  }
  return all;
}

std::string Conversation::say_byte_by_byte(std::string_view bytes) {
  return say_in_pieces(bytes, [] { return 1; });
}

void add(Heard& heard, const Consumed& consumed) {
  heard.completed += consumed.completed;
  heard.error_replies += consumed.error_replies;
  heard.wrong += consumed.wrong;
  heard.broken |= !consumed.refusal.empty();
  heard.closing |= consumed.closing;
}

Heard talk(ClientSession& client, Conversation& server, std::uint64_t requests, std::uint64_t depth) {
  Heard heard;
  std::uint64_t made = 0;
  for (bool more = true; more && made < requests && !heard.broken;) {
    std::string batch;
    for (std::uint64_t i = 0; i < depth && made < requests; ++i) {
      more = client.next_request(batch);
      if (!more) break;
      ++made;
    }
    add(heard, client.consume(server.say(batch)));
  }
  return heard;
}

Heard hear(ClientSession& client, std::string_view replies, int requests) {
  std::string ignored;
  for (int i = 0; i < requests; ++i) client.next_request(ignored);
  Heard heard;
  add(heard, client.consume(replies));
  return heard;
}

std::string http_reply(std::string_view status, std::string_view body, std::string_view more_fields) {
  std::string reply = "HTTP/1.1 ";
  reply.append(status).append("\r\nServer: bakeoff\r\nDate: ").append(kDate);
  reply.append("\r\nContent-Type: text/plain\r\nContent-Length: ").append(std::to_string(body.size()));
  return reply.append("\r\n").append(more_fields).append("\r\n").append(body);
}

}  // namespace bakeoff::workloads
