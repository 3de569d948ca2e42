// The store of several threads in one process: 64 tables, each behind a mutex of its own. An operation on
// several keys holds the locks of all their stripes at once, so that it is atomic.
#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "workloads/store/hash_table.h"
#include "workloads/store/memory_budget.h"
#include "workloads/store/stripes.h"

namespace bakeoff::workloads::store {
namespace {

class LockedStore final : public Store {
 public:
  explicit LockedStore(std::size_t most_bytes)
      : stripes_([this]<std::size_t... i>(std::index_sequence<i...>) {
          return std::array<Stripe, kStripes>{(static_cast<void>(i), Stripe(hash_))...};
        }(std::make_index_sequence<kStripes>())),
        budget_(most_bytes) {}

  void get(std::string_view key, ValueSink& sink) override {
    const HashedKey hashed(hash_, key);
    Stripe& stripe = stripe_of(hashed);
    const std::lock_guard lock(stripe.mutex);
    stripe.table.get(hashed, sink);
  }

  void get_many(std::span<const std::string_view> keys, ValueSink& sink) override {
    const std::vector<HashedKey> hashed = hash_all(keys);
    const Locks locks(*this, hashed);
    for (const HashedKey& key : hashed) stripe_of(key).table.get(key, sink);
  }

  StoreStatus set(std::string_view key, std::string_view value) override {
    const HashedKey hashed(hash_, key);
    Stripe& stripe = stripe_of(hashed);
    const std::lock_guard lock(stripe.mutex);
    return stripe.table.set(hashed, value, budget_);
  }

  StoreStatus set_many(std::span<const KeyValue> pairs) override {
    std::vector<HashedKey> hashed;
    hashed.reserve(pairs.size());
    for (const KeyValue& pair : pairs) hashed.emplace_back(hash_, pair.key);
    const Locks locks(*this, hashed);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      bytes += stripe_of(hashed[i]).table.bytes_needed(hashed[i], pairs[i].value);
    }
    BudgetReservation reserved(budget_, bytes);
    if (!reserved.granted()) return StoreStatus::full;
    for (std::size_t i = 0; i < pairs.size(); ++i) stripe_of(hashed[i]).table.set(hashed[i], pairs[i].value, reserved);
    return StoreStatus::ok;
  }

  Sum add(std::string_view key, std::int64_t delta) override {
    const HashedKey hashed(hash_, key);
    Stripe& stripe = stripe_of(hashed);
    const std::lock_guard lock(stripe.mutex);
    return stripe.table.add(hashed, delta, budget_);
  }

  std::size_t erase(std::span<const std::string_view> keys) override {
    const std::vector<HashedKey> hashed = hash_all(keys);
    const Locks locks(*this, hashed);
    std::size_t erased = 0;
    for (const HashedKey& key : hashed) erased += stripe_of(key).table.erase(key, budget_) ? 1 : 0;
    return erased;
  }

  std::size_t count(std::span<const std::string_view> keys) override {
    const std::vector<HashedKey> hashed = hash_all(keys);
    const Locks locks(*this, hashed);
    std::size_t found = 0;
    for (const HashedKey& key : hashed) found += stripe_of(key).table.contains(key) ? 1 : 0;
    return found;
  }

  std::size_t size() override {
    const Locks locks(*this, StripeSet::all());
    std::size_t keys = 0;
    for (const Stripe& stripe : stripes_) keys += stripe.table.size();
    return keys;
  }

  void clear() override {
    const Locks locks(*this, StripeSet::all());
    for (Stripe& stripe : stripes_) stripe.table.clear();
    budget_.clear();
  }

  std::size_t longest_chain() override {
    const Locks locks(*this, StripeSet::all());
    std::size_t longest = 0;
    for (const Stripe& stripe : stripes_) longest = std::max(longest, stripe.table.longest_chain());
    return longest;
  }

 private:
  // A cache line each: neighbours must not slow one another down.
  struct alignas(64) Stripe {
    explicit Stripe(const KeyedHash& hash) : table(hash) {}
    std::mutex mutex;
    HashTable table;
  };

  std::vector<HashedKey> hash_all(std::span<const std::string_view> keys) const {
    std::vector<HashedKey> hashed;
    hashed.reserve(keys.size());
    for (const std::string_view key : keys) hashed.emplace_back(hash_, key);
    return hashed;
  }

  static std::size_t index_of(const HashedKey& key) { return (key.hash >> 48) % kStripes; }
  Stripe& stripe_of(const HashedKey& key) { return stripes_[index_of(key)]; }

  class Locks {
   public:
    Locks(LockedStore& store, const std::vector<HashedKey>& keys) : store_(store) {
      for (const HashedKey& key : keys) set_.add(index_of(key));
      lock();
    }
    Locks(LockedStore& store, StripeSet set) : store_(store), set_(set) { lock(); }
    ~Locks() {
      set_.for_each_ascending([this](std::size_t stripe) { store_.stripes_[stripe].mutex.unlock(); });
    }
    Locks(const Locks&) = delete;
    Locks& operator=(const Locks&) = delete;

   private:
    void lock() {
      set_.for_each_ascending([this](std::size_t stripe) { store_.stripes_[stripe].mutex.lock(); });
    }

    LockedStore& store_;
    StripeSet set_;
  };

  const KeyedHash hash_;
  std::array<Stripe, kStripes> stripes_;
  MemoryBudget<std::atomic<std::size_t>> budget_;
};

}  // namespace

std::unique_ptr<Store> make_locked_store(std::size_t most_bytes) {
  return std::make_unique<LockedStore>(most_bytes);
}

}  // namespace bakeoff::workloads::store
