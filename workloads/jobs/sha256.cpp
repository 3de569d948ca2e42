// The job `sha256`: a stream of `size` MiB is hashed in blocks of 64 KiB, block i by unit i modulo the units, as a
// service does that stores files by their content. Drawing a block is a part of the work, a fifth or so. The hash is
// OpenSSL's, through EVP, the only C library that a workload knows: what is compared is how work is shared out, not how
// well somebody writes a hash. Whether the CPU has instructions of its own for it decides its rate (SHA extensions:
// about four times), the same for every unit.
//
// Units hash a block in one call; the check feeds it in uneven pieces. Before anything runs, "abc" must give what
// FIPS 180-4 says. Left out: files, a hash over the whole stream, which could not be shared out.
#include "workloads/jobs/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/mix.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::size_t kBlockBytes = 64UL * 1024;
constexpr std::uint64_t kMostMib = 4096;
constexpr std::uint64_t kBlocksPerMib = 1024 * 1024 / kBlockBytes;

struct Free {
  void operator()(EVP_MD* method) const { EVP_MD_free(method); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// Looked up once: that is what costs in OpenSSL 3, not the use of it by many.
const EVP_MD* method() {
  static const std::unique_ptr<EVP_MD, Free> found(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (!found) throw std::runtime_error("sha256: OpenSSL has no SHA-256");
  return found.get();
}

void require(int done) {
  if (done != 1) throw std::runtime_error("sha256: OpenSSL failed");
}

/// The four words of a digest and the block's number: blocks that are exchanged are noticed.
std::uint64_t folded(const Sha256Digest& digest, std::uint64_t block) {
  std::uint64_t sum = mix(block + kGolden);
  for (std::size_t at = 0; at < digest.size(); at += sizeof sum) {
    std::uint64_t word = 0;
    for (std::size_t byte = 0; byte < sizeof word; ++byte) word = word << 8 | digest[at + byte];
    sum = mix(sum ^ word);
  }
  return sum;
}

/// A block of the stream, drawn again by the unit that hashes it: a stream that lay in memory would be copied with the
/// page tables at each fork, and that would be what is compared.
class Block {
 public:
  std::string_view drawn(std::uint64_t index) {
    const std::uint64_t stream = stream_of(4, index);
    for (std::size_t at = 0; at < bytes_.size(); at += sizeof stream) {
      const std::uint64_t word = draw(stream, at);
      std::memcpy(&bytes_[at], &word, sizeof word);
    }
    return bytes_;
  }

 private:
  std::string bytes_ = std::string(kBlockBytes, '\0');
};

class Sha256Job final : public Job {
 public:
  explicit Sha256Job(const JobSize& size) : units_(size.units), mib_(size.size == 0 ? kSha256DefaultSize : size.size) {
    if (mib_ > kMostMib) {
      throw std::invalid_argument("sha256: found the size " + std::to_string(mib_) + ", expected at most " +
                                  std::to_string(kMostMib) + " MiB");
    }
    constexpr std::uint64_t kFirstWordOfAbc = 0xba7816bf8f01cfea;
    const Sha256Digest abc = sha256("abc");
    std::uint64_t word = 0;
    for (std::size_t byte = 0; byte < sizeof word; ++byte) word = word << 8 | abc[byte];
    if (word != kFirstWordOfAbc) throw std::runtime_error("sha256: OpenSSL hashes \"abc\" wrongly");
  }

  std::uint64_t run_unit(std::size_t index) const override {
    Block block;
    std::uint64_t sum = 0;
    for (std::uint64_t i = index; i < blocks(); i += units_) sum += folded(sha256(block.drawn(i)), i);
    return sum;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    Block block;
    std::vector<std::uint64_t> expected(units_);
    for (std::uint64_t i = 0; i < blocks(); ++i) expected[i % units_] += folded(sha256_in_pieces(block.drawn(i)), i);
    return first_wrong("sha256", expected, answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override { return time_and_cpu(ran); }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override { return time_of(ran); }

 private:
  std::uint64_t blocks() const { return mib_ * kBlocksPerMib; }

  std::uint64_t units_, mib_;
};

}  // namespace

Sha256Digest sha256(std::string_view text) {
  Sha256Digest digest{};
  require(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, method(), nullptr));
  return digest;
}

Sha256Digest sha256_in_pieces(std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  if (!context) throw std::bad_alloc();
  require(EVP_DigestInit_ex2(context.get(), method(), nullptr));
  for (std::size_t piece = 1; !text.empty(); piece = piece * 3 + 1) {
    const std::string_view some = text.substr(0, piece);
    require(EVP_DigestUpdate(context.get(), some.data(), some.size()));
    text.remove_prefix(some.size());
  }
  Sha256Digest digest{};
  require(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr));
  return digest;
}

std::unique_ptr<Job> make_sha256_job(const JobSize& size) {
  return std::make_unique<Sha256Job>(size);
}

}  // namespace bakeoff::workloads::jobs
