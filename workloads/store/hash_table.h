// The hash table of one process: what the unshared store is, and what one stripe of the locked store holds. No locks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "workloads/integer.h"
#include "workloads/store/keyed_hash.h"
#include "workloads/store/store.h"

namespace bakeoff::workloads::store {

/// A key with its hash, computed once for the choice of the stripe and for the look-up.
struct HashedKey {
  HashedKey(const KeyedHash& keyed, std::string_view key) : text(key), hash(keyed(key)) {}
  std::string_view text;
  std::size_t hash;
};

/// Its memory is taken from the caller's budget (memory_budget.h). Where too little is left, an operation changes
/// nothing and returns `full`.
class HashTable {
 public:
  /// The hash must be that of the keys which are handed in.
  explicit HashTable(const KeyedHash& hash) : values_(0, Hash{hash}) {}

  void get(const HashedKey& key, ValueSink& sink) const {
    const auto found = values_.find(key);
    if (found == values_.end()) {
      sink.missing();
    } else if (const auto* number = std::get_if<std::int64_t>(&found->second)) {
      sink.number(*number);
    } else {
      sink.text(std::get<std::string>(found->second));
    }
  }

  template <class Budget>
  StoreStatus set(const HashedKey& key, std::string_view value, Budget& budget) {
    const auto number = parse_integer(value);
    const auto found = values_.find(key);
    if (found == values_.end()) return insert(key, number ? Value(*number) : Value(std::string(value)), budget);
    Value& slot = found->second;
    const std::size_t before = heap_bytes(slot);
    if (number) {
      slot = *number;
      budget.give_back(before);
      return StoreStatus::ok;
    }
    if (auto* text = std::get_if<std::string>(&slot);
        text != nullptr && text->capacity() >= value.size() && text->capacity() <= 2 * value.size() + 64) {
      text->assign(value);
      return StoreStatus::ok;
    }
    std::string text(value);
    const std::size_t after = heap_bytes(text);
    if (after > before && !budget.take(after - before)) return StoreStatus::full;
    slot.emplace<std::string>(std::move(text));  // Assigned, a short text would leave the old one's memory in place.
    if (after < before) budget.give_back(before - after);
    return StoreStatus::ok;
  }

  /// The most that this set() would take now.
  std::size_t bytes_needed(const HashedKey& key, std::string_view value) const {
    const std::size_t text = parse_integer(value) ? 0 : heap_bytes(value.size());
    const auto found = values_.find(key);
    if (found == values_.end()) return kEntryBytes + heap_bytes(key.text.size()) + text;
    return text - std::min(text, heap_bytes(found->second));
  }

  template <class Budget>
  Sum add(const HashedKey& key, std::int64_t delta, Budget& budget) {
    const auto found = values_.find(key);
    if (found == values_.end()) return {insert(key, delta, budget), delta};
    auto* number = std::get_if<std::int64_t>(&found->second);
    if (number == nullptr) return {StoreStatus::not_integer, 0};
    std::int64_t sum = 0;
    if (__builtin_add_overflow(*number, delta, &sum)) return {StoreStatus::overflow, 0};
    *number = sum;
    return {StoreStatus::ok, sum};
  }

  template <class Budget>
  bool erase(const HashedKey& key, Budget& budget) {
    const auto found = values_.find(key);
    if (found == values_.end()) return false;
    budget.give_back(bytes_of(*found));
    values_.erase(found);
    return true;
  }

  bool contains(const HashedKey& key) const { return values_.find(key) != values_.end(); }
  std::size_t size() const { return values_.size(); }
  void clear() { Map(0, values_.hash_function()).swap(values_); }

  /// See Store.
  std::size_t longest_chain() const {
    std::size_t longest = 0;
    for (std::size_t bucket = 0; bucket < values_.bucket_count(); ++bucket) {
      longest = std::max(longest, values_.bucket_size(bucket));
    }
    return longest;
  }

 private:
  using Value = std::variant<std::int64_t, std::string>;

  // Not noexcept on purpose: the standard library then keeps the hash in the node, and a look-up in a bucket of several
  // keys does not hash them all.
  struct Hash {
    using is_transparent = void;
    KeyedHash keyed;
    std::size_t operator()(const HashedKey& key) const { return key.hash; }
    std::size_t operator()(const std::string& key) const { return keyed(key); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const std::string& left, const std::string& right) const { return left == right; }
    bool operator()(const HashedKey& left, const std::string& right) const { return left.text == right; }
    bool operator()(const std::string& left, const HashedKey& right) const { return left == right.text; }
  };
  using Map = std::unordered_map<std::string, Value, Hash, Equal>;

  /// A node as the library lays it out, what the allocator adds, and its part of the buckets.
  static constexpr std::size_t kEntryBytes = sizeof(Map::value_type) + 4 * sizeof(void*);

  /// What a text of that capacity has beside itself.
  static std::size_t heap_bytes(std::size_t capacity) {
    constexpr std::size_t kInside = 15, kOverhead = 17;  // The end's byte, and what the allocator adds.
    return capacity <= kInside ? 0 : capacity + kOverhead;
  }
  static std::size_t heap_bytes(const std::string& text) { return heap_bytes(text.capacity()); }
  static std::size_t heap_bytes(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? 0 : heap_bytes(*text);
  }
  static std::size_t bytes_of(const Map::value_type& entry) {
    return kEntryBytes + heap_bytes(entry.first) + heap_bytes(entry.second);
  }

  template <class Budget>
  StoreStatus insert(const HashedKey& key, Value value, Budget& budget) {
    const auto added = values_.try_emplace(std::string(key.text), std::move(value)).first;
    if (budget.take(bytes_of(*added))) return StoreStatus::ok;
    values_.erase(added);
    return StoreStatus::full;
  }

  Map values_;
};

}  // namespace bakeoff::workloads::store
