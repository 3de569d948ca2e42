// SipHash-1-3 (https://www.aumasson.jp/siphash) with a random key: a peer that chooses its keys cannot choose their
// hashes, and so cannot make every look-up compare with all others. What Redis, Python and Rust do; of the two usual
// strengths the quicker one, as in Python and Rust.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace bakeoff::workloads::store {

class KeyedHash {
 public:
  /// With a random, secret key. Copies have the same one.
  KeyedHash() {
    std::random_device random;
    const auto word = [&random] { return std::uint64_t{random()} << 32 | random(); };
    key_[0] = word();
    key_[1] = word();
  }
  KeyedHash(std::uint64_t low, std::uint64_t high) : key_{low, high} {}

  std::uint64_t operator()(std::string_view text) const {
    State state{key_[0] ^ 0x736f6d6570736575, key_[1] ^ 0x646f72616e646f6d, key_[0] ^ 0x6c7967656e657261,
                key_[1] ^ 0x7465646279746573};
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= sizeof(std::uint64_t); at += sizeof(std::uint64_t), left -= sizeof(std::uint64_t)) {
      state.absorb(load<std::uint64_t>(at));
    }
    state.absorb(std::uint64_t{text.size()} << 56 | rest(at, left));
    return state.finish();
  }

 private:
  struct State {
    std::uint64_t a, b, c, d;

    void round() {
      a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
      c += d, d = std::rotl(d, 16) ^ c;
      a += d, d = std::rotl(d, 21) ^ a;
      c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
    }
    void absorb(std::uint64_t word) {
      d ^= word;
      round();
      a ^= word;
    }
    std::uint64_t finish() {
      c ^= 0xff;
      round(), round(), round();
      return a ^ b ^ c ^ d;
    }
  };

  /// The lowest byte first, on every machine; compilers make one load of it.
  template <class Word>
  static std::uint64_t load(const char* from) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) word |= std::uint64_t{static_cast<unsigned char>(from[i])} << 8 * i;
    return word;
  }

  /// Fewer than 8 bytes as a number, by loads that overlap: no loop, and no call for a length that varies.
  static std::uint64_t rest(const char* at, std::size_t left) {
    if (left >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + left - 4) << 8 * (left - 4);
    if (left == 0) return 0;
    return load<std::uint8_t>(at) | load<std::uint8_t>(at + left / 2) << 8 * (left / 2) |
           load<std::uint8_t>(at + left - 1) << 8 * (left - 1);
  }

  std::uint64_t key_[2];
};

}  // namespace bakeoff::workloads::store
