// A fixed piece of memory that several processes allocate from, with offsets instead of pointers and without a lock.
//
// Blocks come in powers of two from 32 bytes to 4 MiB. There is one list of free blocks per size; its head is one
// 64-bit word (a counter against reuse, and the block), changed by a single compare-and-swap. A process that is killed
// at any instruction leaves every list whole: at worst the one block that it was just taking or giving back is lost,
// until reset().
//
// Left out on purpose: free neighbours are not joined. A large block is split when small ones have run out, and stays
// split until reset().
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace bakeoff::workloads::store {

class Arena {
 public:
  static constexpr std::size_t kUnit = 32;     ///< The smallest block, and the alignment of all.
  static constexpr std::size_t kSizes = 18;    ///< 32 bytes << 17 is 4 MiB.
  static constexpr std::size_t kOverhead = 8;  ///< Bytes of each block that the arena keeps for itself.

  /// The part that lies in the shared memory. Zeroed memory is not yet a valid one: see format().
  struct Shared {
    std::atomic<std::uint64_t> fresh;                     ///< Where memory begins that was never handed out.
    std::array<std::atomic<std::uint64_t>, kSizes> free;  ///< counter << 32 | block / kUnit; 0 ends a list.
  };

  /// Manages [begin, end) of the memory at `base`, as offsets from `base`; begin is not 0. At most 128 GiB.
  Arena(char* base, Shared& shared, std::uint64_t begin, std::uint64_t end);

  /// The offset of at least `bytes` bytes aligned to 8, or 0 when there is no room for them.
  std::uint64_t allocate(std::size_t bytes);
  void free(std::uint64_t offset);

  /// Everything is free again. Nobody else may be using the arena.
  void reset();

 private:
  using Word = std::atomic<std::uint64_t>;

  // The first word of each block. In use: its size's number. Free: the next free block / kUnit. A process that loses a
  // race for a block may still read this word, so nothing else ever lies there.
  Word& header(std::uint64_t block) const { return *reinterpret_cast<Word*>(base_ + block); }
  std::uint64_t pop(std::size_t size);
  void push(std::size_t size, std::uint64_t block);
  std::uint64_t carve(std::size_t size);

  char* base_;
  Shared& shared_;
  std::uint64_t begin_;
  std::uint64_t end_;
};

}  // namespace bakeoff::workloads::store
