// The workload `counter`, client side: a cache under load. GET and SET over many keys, some of them far more popular
// than others.
//
// The value of a key begins with the key's number and ends with 16 letters of the connection that wrote it. So a server
// that mixes up keys, connections or buffers is caught. Which of the writers was the last cannot be known. A key that
// was never written is answered with nil.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/draws.h"
#include "workloads/integer.h"
#include "workloads/mix.h"
#include "workloads/resp_client.h"

namespace bakeoff::workloads {
namespace {

constexpr std::uint64_t kMostKeys = 1'000'000;
constexpr std::size_t kLetters = 16;
constexpr std::string_view kStored = "+OK\r\n";
constexpr std::string_view kNobodyWrote = "$-1\r\n";
// So that the choice between reading and writing says nothing of the key.
constexpr std::uint64_t kReadSalt = 0x72656164;

[[noreturn]] void refuse_key_mix(const std::string& what, std::string_view found) {
  throw std::invalid_argument("counter: kv/KEYS,READS,ZIPF: " + what + ", found \"" + printable(found) + "\"");
}

struct Mix {
  std::uint64_t keys = 0;
  double reads = 0, zipf = 0;
};

Mix parse(std::string_view text) {
  std::array<std::string_view, 3> parts;
  for (std::string_view& part : parts) {
    part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  if (!text.empty()) refuse_key_mix("three numbers are expected", text);
  Mix mix;
  mix.keys = parse_unsigned(parts[0]).value_or(0);
  if (mix.keys == 0 || mix.keys > kMostKeys) {
    refuse_key_mix("the keys are a whole number from 1 to " + std::to_string(kMostKeys), parts[0]);
  }
  mix.reads = parse_decimal(parts[1], 0, 1);
  if (mix.reads < 0) refuse_key_mix("the share of reads is from 0 to 1", parts[1]);
  mix.zipf = parse_decimal(parts[2], 0, kMostExponent);
  if (mix.zipf < 0) refuse_key_mix("the exponent of Zipf's law is from 0 to 10", parts[2]);
  return mix;
}

class KeyMixClient final : public RespClient {
 public:
  KeyMixClient(const Mix& mix, const ClientSettings& settings)
      : RespClient(settings, settings.check),
        stream_(stream_of(settings.seed, settings.connection)),
        reads_(mix.reads),
        keys_(mix.keys, mix.zipf),
        writer_(letters(stream_)) {}

  bool next_request(std::string& requests) override {
    begin_request(requests);
    const std::uint64_t index = made_++;
    const Digits key(keys_.number(stream_, index));
    key_.assign("kv:").append(key.view());
    if (is_read(index)) {
      append_command(requests, {"GET", key_});
    } else {
      value_.assign(key.view()).append(":").append(writer_);
      append_command(requests, {"SET", key_, value_});
    }
    return true;
  }

 private:
  bool is_read(std::uint64_t index) const { return uniform(stream_ ^ kReadSalt, index) < reads_; }

  ReplyVerdict judge(std::string_view reply) override {
    const std::uint64_t index = judged_++;
    if (!is_read(index)) return {reply == kStored, kStored};
    const Digits key(keys_.number(stream_, index));
    value_.assign(key.view()).append(":").append(kLetters, '?');
    expected_.clear();
    append_bulk(expected_, value_);
    return {reply == kNobodyWrote || is_value(reply), expected_};
  }

  /// As expected_, with letters where that has question marks.
  bool is_value(std::string_view reply) const {
    return std::equal(reply.begin(), reply.end(), expected_.begin(), expected_.end(), [](char found, char wanted) {
      return wanted == '?' ? found >= 'a' && found < 'a' + 16 : found == wanted;
    });
  }

  std::uint64_t stream_;
  double reads_;
  ZipfDraw keys_;
  std::string writer_;
  std::uint64_t made_ = 0, judged_ = 0;
  std::string key_, value_, expected_;
};

}  // namespace

std::unique_ptr<ClientSession> make_key_mix_client(std::string_view mix, const ClientSettings& settings) {
  return std::make_unique<KeyMixClient>(parse(mix), settings);
}

}  // namespace bakeoff::workloads
