// The store of a single thread: no lock, which is the Redis argument.
#include "workloads/store/hash_table.h"
#include "workloads/store/memory_budget.h"

namespace bakeoff::workloads::store {
namespace {

class UnsharedStore final : public Store {
 public:
  explicit UnsharedStore(std::size_t most_bytes) : budget_(most_bytes) {}

  void get(std::string_view key, ValueSink& sink) override { table_.get(hashed(key), sink); }

  void get_many(std::span<const std::string_view> keys, ValueSink& sink) override {
    for (const std::string_view key : keys) table_.get(hashed(key), sink);
  }

  StoreStatus set(std::string_view key, std::string_view value) override {
    return table_.set(hashed(key), value, budget_);
  }

  StoreStatus set_many(std::span<const KeyValue> pairs) override {
    std::size_t bytes = 0;
    for (const auto& [key, value] : pairs) bytes += table_.bytes_needed(hashed(key), value);
    BudgetReservation reserved(budget_, bytes);
    if (!reserved.granted()) return StoreStatus::full;
    for (const auto& [key, value] : pairs) table_.set(hashed(key), value, reserved);
    return StoreStatus::ok;
  }

  Sum add(std::string_view key, std::int64_t delta) override { return table_.add(hashed(key), delta, budget_); }

  std::size_t erase(std::span<const std::string_view> keys) override {
    std::size_t erased = 0;
    for (const std::string_view key : keys) erased += table_.erase(hashed(key), budget_) ? 1 : 0;
    return erased;
  }

  std::size_t count(std::span<const std::string_view> keys) override {
    std::size_t found = 0;
    for (const std::string_view key : keys) found += table_.contains(hashed(key)) ? 1 : 0;
    return found;
  }

  std::size_t size() override { return table_.size(); }
  void clear() override {
    table_.clear();
    budget_.clear();
  }
  std::size_t longest_chain() override { return table_.longest_chain(); }

 private:
  HashedKey hashed(std::string_view key) const { return {hash_, key}; }

  const KeyedHash hash_;
  HashTable table_{hash_};
  MemoryBudget<std::size_t> budget_;
};

}  // namespace

std::unique_ptr<Store> make_unshared_store(std::size_t most_bytes) {
  return std::make_unique<UnsharedStore>(most_bytes);
}

}  // namespace bakeoff::workloads::store
