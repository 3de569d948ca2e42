// The workload `echo`: messages of a fixed size, sent back as they came. The least that a server can do with a message:
// what is left is the price of moving it.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "workloads/client.h"
#include "workloads/framing.h"
#include "workloads/mix.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kLargestMessage = 1024UL * 1024;

std::size_t checked_size(std::size_t message_bytes) {
  if (message_bytes < 1 || message_bytes > kLargestMessage) {
    throw std::invalid_argument("echo: message_bytes must be from 1 to 1048576, found " +
                                std::to_string(message_bytes));
  }
  return message_bytes;
}

class EchoSession final : public FramedSession {
 public:
  EchoSession(Tallies& tallies, std::size_t message_bytes)
      : FramedSession(tallies, message_bytes), message_bytes_(message_bytes) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    if (bytes.size() < message_bytes_) return {0, message_bytes_};
    // A pipeline goes back in one piece, as far as the reply cap lets it.
    const std::size_t most = std::max<std::size_t>(kReplyCap / message_bytes_, 1);
    const std::size_t messages = std::min(bytes.size() / message_bytes_, most);
    replies.append(bytes.substr(0, messages * message_bytes_));
    count_request(messages);
    return {messages * message_bytes_, 0};
  }

  std::size_t message_bytes_;
};

class EchoService final : public Service {
 public:
  explicit EchoService(const ServiceSettings& settings) : message_bytes_(checked_size(settings.message_bytes)) {}

  std::unique_ptr<ServerSession> connect() override { return std::make_unique<EchoSession>(tallies_, message_bytes_); }
  ServiceReceipt receipt() const override { return tallies_.receipt(); }

 private:
  std::size_t message_bytes_;
  Tallies tallies_;
};

/// Message `index` of a connection: the draws of its own stream, eight bytes each, low byte first.
void append_message(std::string& out, std::uint64_t stream, std::uint64_t index, std::size_t bytes) {
  const std::uint64_t message = draw(stream, index);
  const std::size_t begin = out.size();
  out.resize(begin + bytes);
  char* to = out.data() + begin;
  for (std::uint64_t word = 0; bytes > 0; ++word) {
    const std::uint64_t content = mix(message + word * kGolden);
    const std::size_t part = std::min(bytes, sizeof content);
    std::memcpy(to, &content, part);
    to += part;
    bytes -= part;
  }
}

/// The same as a line of capital letters and signs: for a server that sends back line by line.
void make_line(std::string& out, std::size_t bytes) {
  const auto begin = out.end() - static_cast<std::ptrdiff_t>(bytes);
  std::transform(begin, out.end(), begin, [](char c) { return static_cast<char>((c & 0x1f) | 0x40); });
  out.back() = '\n';
}

constexpr std::string_view kLines = "lines";

class EchoClient final : public FramedClient {
 public:
  /// Asks `most` times.
  EchoClient(const ClientSettings& settings, std::uint64_t most, bool check)
      : message_bytes_(checked_size(settings.message_bytes)),
        stream_(stream_of(settings.seed, settings.connection)),
        most_(most),
        check_(check),
        lines_(settings.request == kLines) {
    if (!settings.request.empty() && !lines_) {
      throw std::invalid_argument("echo: expected lines or no request, found \"" + printable(settings.request) + "\"");
    }
  }

 private:
  bool next_request(std::string& requests) override {
    if (made_ == most_) return false;
    append(requests, made_++);
    asked();
    return true;
  }

  void append(std::string& out, std::uint64_t message) const {
    append_message(out, stream_, message, message_bytes_);
    if (lines_) make_line(out, message_bytes_);
  }

  Taken take(std::string_view bytes, Consumed& consumed) override {
    if (bytes.size() < message_bytes_) return {0, message_bytes_};
    answered(consumed);
    if (!check_) return {message_bytes_, 0};
    const std::string_view came = bytes.substr(0, message_bytes_);
    expected_.clear();
    append(expected_, checked_++);
    if (came != expected_) {
      ++consumed.wrong;
      complain(expected_, came);
    }
    return {message_bytes_, 0};
  }

  std::size_t message_bytes_;
  std::uint64_t stream_;
  std::uint64_t most_;
  const bool check_;
  const bool lines_;
  std::uint64_t made_ = 0;
  std::uint64_t checked_ = 0;
  std::string expected_;
};

constexpr std::uint64_t kVerifierMessages = 5;

}  // namespace

std::unique_ptr<Service> make_echo_service(const ServiceSettings& settings) {
  return std::make_unique<EchoService>(settings);
}

std::unique_ptr<ClientSession> make_echo_client(const ClientSettings& settings) {
  return std::make_unique<EchoClient>(settings, UINT64_MAX, settings.check);
}

std::unique_ptr<ClientSession> make_echo_verifier(const ClientSettings& settings) {
  return std::make_unique<EchoClient>(settings, kVerifierMessages, true);
}

}  // namespace bakeoff::workloads
