// The store of several processes: a hash table in memory that was mapped before the fork, 64 stripes with a robust
// mutex each.
//
// A process may be killed at any instruction, inside the store too. Therefore
// - everything is written first and published by one aligned 64-bit store: an entry by the word that links it, a text
//   by the word that names it, a number by the number itself. At every moment other processes can read the table;
// - a lock whose owner died is handed over by the kernel. The next owner finds a whole table and repairs the one thing
//   that may be off by one: how many keys the stripe has;
// - what the dead one had allocated and not yet linked, or unlinked and not yet freed, is lost until FLUSHALL: at most
//   the blocks of one operation.
// What a death can break is atomicity over several keys (MSET, DEL, FLUSHALL): part of them may be done. Redis would
// have lost the whole process.
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "workloads/integer.h"
#include "workloads/shared_memory.h"
#include "workloads/store/arena.h"
#include "workloads/store/keyed_hash.h"
#include "workloads/store/store.h"
#include "workloads/store/stripes.h"

namespace bakeoff::workloads::store {
namespace {

constexpr std::size_t kSmallestArena = 1024UL * 1024;
constexpr std::size_t kBytesPerBucket = 256;

using Word = std::atomic<std::uint64_t>;

struct alignas(64) Stripe {
  pthread_mutex_t mutex;
  Word keys;
};

struct Control {
  Stripe stripes[kStripes];
  Arena::Shared arena;
};

struct Entry {
  Word next;  ///< Offset of the next entry of the bucket, 0 at the end.
  Word text;  ///< Offset of the Text, 0 when the value is the number.
  std::atomic<std::int64_t> number;
  std::uint32_t hash;  ///< The upper half: most other keys of a bucket are told apart without reading them.
  std::uint32_t key_size;
  const char* key() const { return reinterpret_cast<const char*>(this + 1); }
  char* key() { return reinterpret_cast<char*>(this + 1); }
};

struct Text {
  std::uint64_t size;
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

std::size_t buckets_for(std::size_t arena_bytes) {
  if (arena_bytes < kSmallestArena) {
    throw std::invalid_argument("store_bytes must be at least 1048576, found " + std::to_string(arena_bytes));
  }
  return std::bit_floor(arena_bytes / kBytesPerBucket);
}

class ProcessSharedStore final : public Store {
 public:
  explicit ProcessSharedStore(std::size_t arena_bytes)
      : bucket_count_(buckets_for(arena_bytes)),
        memory_(arena_bytes),
        base_(static_cast<char*>(memory_.data())),
        control_(*new (base_) Control),
        buckets_(reinterpret_cast<Word*>(base_ + sizeof(Control))),  // Zeroed memory: every bucket is empty.
        arena_(base_, control_.arena, sizeof(Control) + bucket_count_ * sizeof(Word), arena_bytes) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    for (Stripe& stripe : control_.stripes) pthread_mutex_init(&stripe.mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }

  void get(std::string_view key, ValueSink& sink) override {
    const Key hashed(*this, key);
    const Lock lock(*this, hashed.stripe());
    show(hashed, sink);
  }

  void get_many(std::span<const std::string_view> keys, ValueSink& sink) override {
    const std::vector<Key> hashed = hash_all(keys);
    const Lock lock(*this, stripes_of(hashed));
    for (const Key& key : hashed) show(key, sink);
  }

  StoreStatus set(std::string_view key, std::string_view value) override {
    const Key hashed(*this, key);
    const Lock lock(*this, hashed.stripe());
    Prepared prepared;
    if (!prepare(hashed, value, prepared)) return StoreStatus::full;
    publish(hashed, prepared);
    return StoreStatus::ok;
  }

  StoreStatus set_many(std::span<const KeyValue> pairs) override {
    std::vector<Key> hashed;
    hashed.reserve(pairs.size());
    for (const KeyValue& pair : pairs) hashed.emplace_back(*this, pair.key);
    std::vector<Prepared> prepared(pairs.size());
    const Lock lock(*this, stripes_of(hashed));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (prepare(hashed[i], pairs[i].value, prepared[i])) continue;
      for (const Prepared& unused : prepared) discard(unused);
      return StoreStatus::full;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) publish(hashed[i], prepared[i]);
    return StoreStatus::ok;
  }

  Sum add(std::string_view key, std::int64_t delta) override {
    const Key hashed(*this, key);
    const Lock lock(*this, hashed.stripe());
    if (Entry* entry = find(hashed)) {
      if (entry->text.load(std::memory_order_relaxed) != 0) return {StoreStatus::not_integer, 0};
      std::int64_t sum = 0;
      if (__builtin_add_overflow(entry->number.load(std::memory_order_relaxed), delta, &sum)) {
        return {StoreStatus::overflow, 0};
      }
      entry->number.store(sum, std::memory_order_relaxed);
      return {StoreStatus::ok, sum};
    }
    Prepared prepared;
    prepared.number = delta;
    prepared.entry = new_entry(hashed);
    if (prepared.entry == 0) return {StoreStatus::full, 0};
    publish(hashed, prepared);
    return {StoreStatus::ok, delta};
  }

  std::size_t erase(std::span<const std::string_view> keys) override {
    const std::vector<Key> hashed = hash_all(keys);
    const Lock lock(*this, stripes_of(hashed));
    std::size_t erased = 0;
    for (const Key& key : hashed) erased += unlink(key) ? 1 : 0;
    return erased;
  }

  std::size_t count(std::span<const std::string_view> keys) override {
    const std::vector<Key> hashed = hash_all(keys);
    const Lock lock(*this, stripes_of(hashed));
    std::size_t found = 0;
    for (const Key& key : hashed) found += find(key) != nullptr ? 1 : 0;
    return found;
  }

  std::size_t size() override {
    const Lock lock(*this, StripeSet::all());
    std::size_t keys = 0;
    for (const Stripe& stripe : control_.stripes) keys += stripe.keys.load(std::memory_order_relaxed);
    return keys;
  }

  void clear() override {
    const Lock lock(*this, StripeSet::all());
    // Nothing may be linked any more when the arena starts again from the beginning.
    for (std::size_t i = 0; i < bucket_count_; ++i) {
      // Reading does not touch a page that was never used; writing would.
      if (buckets_[i].load(std::memory_order_relaxed) != 0) buckets_[i].store(0, std::memory_order_release);
    }
    for (Stripe& stripe : control_.stripes) stripe.keys.store(0, std::memory_order_relaxed);
    arena_.reset();
  }

  std::size_t longest_chain() override {
    const Lock lock(*this, StripeSet::all());
    std::size_t longest = 0;
    for (std::size_t bucket = 0; bucket < bucket_count_; ++bucket) longest = std::max(longest, chain(bucket));
    return longest;
  }

 private:
  class Key {
   public:
    Key(const ProcessSharedStore& store, std::string_view key)
        : text(key), hash(store.hash_(key)), bucket(hash & (store.bucket_count_ - 1)) {}
    std::size_t stripe() const { return bucket % kStripes; }
    std::uint32_t upper() const { return static_cast<std::uint32_t>(hash >> 32); }

    std::string_view text;
    std::uint64_t hash;
    std::uint64_t bucket;
  };

  /// What a SET needs besides the lock, allocated before anything is changed.
  struct Prepared {
    std::uint64_t entry = 0;  ///< For a key that is not there.
    std::uint64_t text = 0;   ///< For a value that is not a number.
    std::int64_t number = 0;
  };

  class Lock {
   public:
    Lock(ProcessSharedStore& store, std::size_t stripe) : store_(store) {
      set_.add(stripe);
      store_.lock(stripe);
    }
    Lock(ProcessSharedStore& store, StripeSet set) : store_(store), set_(set) {
      set_.for_each_ascending([this](std::size_t stripe) { store_.lock(stripe); });
    }
    ~Lock() {
      set_.for_each_ascending(
          [this](std::size_t stripe) { pthread_mutex_unlock(&store_.control_.stripes[stripe].mutex); });
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    ProcessSharedStore& store_;
    StripeSet set_;
  };

  void lock(std::size_t stripe) {
    pthread_mutex_t& mutex = control_.stripes[stripe].mutex;
    const int error = pthread_mutex_lock(&mutex);
    if (error == 0) return;
    if (error != EOWNERDEAD) throw std::system_error(error, std::generic_category(), "locking a stripe of the store");
    recount(stripe);
    pthread_mutex_consistent(&mutex);
  }

  void recount(std::size_t stripe) {
    std::uint64_t keys = 0;
    for (std::size_t bucket = stripe; bucket < bucket_count_; bucket += kStripes) keys += chain(bucket);
    control_.stripes[stripe].keys.store(keys, std::memory_order_relaxed);
  }

  std::size_t chain(std::size_t bucket) const {
    std::size_t keys = 0;
    for (const Entry* entry = entry_at(buckets_[bucket]); entry != nullptr; entry = entry_at(entry->next)) ++keys;
    return keys;
  }

  template <class T>
  T* at(std::uint64_t offset) const {
    return reinterpret_cast<T*>(base_ + offset);
  }
  Entry* entry_at(const Word& link) const {
    const std::uint64_t offset = link.load(std::memory_order_acquire);
    return offset == 0 ? nullptr : at<Entry>(offset);
  }
  std::uint64_t offset_of(const void* object) const {
    return static_cast<std::uint64_t>(static_cast<const char*>(object) - base_);
  }

  std::vector<Key> hash_all(std::span<const std::string_view> keys) const {
    std::vector<Key> hashed;
    hashed.reserve(keys.size());
    for (const std::string_view key : keys) hashed.emplace_back(*this, key);
    return hashed;
  }

  static StripeSet stripes_of(const std::vector<Key>& keys) {
    StripeSet set;
    for (const Key& key : keys) set.add(key.stripe());
    return set;
  }

  bool matches(const Entry& entry, const Key& key) const {
    return entry.hash == key.upper() && std::string_view(entry.key(), entry.key_size) == key.text;
  }

  Entry* find(const Key& key) const {
    Entry* entry = entry_at(buckets_[key.bucket]);
    while (entry != nullptr && !matches(*entry, key)) entry = entry_at(entry->next);
    return entry;
  }

  void show(const Key& key, ValueSink& sink) const {
    const Entry* entry = find(key);
    if (entry == nullptr) return sink.missing();
    const std::uint64_t offset = entry->text.load(std::memory_order_acquire);
    if (offset == 0) return sink.number(entry->number.load(std::memory_order_relaxed));
    const Text* text = at<Text>(offset);
    sink.text({text->bytes(), text->size});
  }

  std::uint64_t new_entry(const Key& key) {
    const std::uint64_t offset = arena_.allocate(sizeof(Entry) + key.text.size());
    if (offset == 0) return 0;
    Entry* entry = new (base_ + offset) Entry;
    entry->hash = key.upper();
    entry->key_size = static_cast<std::uint32_t>(key.text.size());
    if (!key.text.empty()) std::memcpy(entry->key(), key.text.data(), key.text.size());
    return offset;
  }

  bool prepare(const Key& key, std::string_view value, Prepared& prepared) {
    if (const auto number = parse_integer(value)) {
      prepared.number = *number;
    } else {
      prepared.text = arena_.allocate(sizeof(Text) + value.size());
      if (prepared.text == 0) return false;
      Text* text = new (base_ + prepared.text) Text{value.size()};
      if (!value.empty()) std::memcpy(text->bytes(), value.data(), value.size());
    }
    if (find(key) != nullptr) return true;
    prepared.entry = new_entry(key);
    if (prepared.entry != 0) return true;
    discard(prepared);
    prepared = {};
    return false;
  }

  void discard(const Prepared& prepared) {
    if (prepared.entry != 0) arena_.free(prepared.entry);
    if (prepared.text != 0) arena_.free(prepared.text);
  }

  void publish(const Key& key, const Prepared& prepared) {
    if (Entry* entry = find(key)) {
      const std::uint64_t old = entry->text.load(std::memory_order_relaxed);
      // Unread as long as the entry has a text; and where it has none, this one store is the change.
      if (prepared.text == 0) entry->number.store(prepared.number, std::memory_order_relaxed);
      entry->text.store(prepared.text, std::memory_order_release);
      if (old != 0) arena_.free(old);
      // Two pairs of one MSET had the same new key: the first one's entry is used, this one's is not.
      if (prepared.entry != 0) arena_.free(prepared.entry);
      return;
    }
    Entry* entry = at<Entry>(prepared.entry);
    entry->text.store(prepared.text, std::memory_order_relaxed);
    entry->number.store(prepared.number, std::memory_order_relaxed);
    entry->next.store(buckets_[key.bucket].load(std::memory_order_relaxed), std::memory_order_relaxed);
    buckets_[key.bucket].store(prepared.entry, std::memory_order_release);
    control_.stripes[key.stripe()].keys.fetch_add(1, std::memory_order_relaxed);
  }

  bool unlink(const Key& key) {
    Word* link = &buckets_[key.bucket];
    for (Entry* entry = entry_at(*link); entry != nullptr; link = &entry->next, entry = entry_at(*link)) {
      if (!matches(*entry, key)) continue;
      const std::uint64_t text = entry->text.load(std::memory_order_relaxed);
      link->store(entry->next.load(std::memory_order_relaxed), std::memory_order_release);
      control_.stripes[key.stripe()].keys.fetch_sub(1, std::memory_order_relaxed);
      if (text != 0) arena_.free(text);
      arena_.free(offset_of(entry));
      return true;
    }
    return false;
  }

  const KeyedHash hash_;  // The same in every process: they are copies of this one.
  std::size_t bucket_count_;
  SharedMemory memory_;
  char* base_;
  Control& control_;
  Word* buckets_;
  Arena arena_;
};

}  // namespace

std::unique_ptr<Store> make_process_shared_store(std::size_t arena_bytes) {
  return std::make_unique<ProcessSharedStore>(arena_bytes);
}

}  // namespace bakeoff::workloads::store
