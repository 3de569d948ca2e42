// The hash table of one process: what the unshared store is, and what one stripe of the locked store holds. No locks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "workloads/integer.h"
#include "workloads/store/store.h"

namespace bakeoff {

/// A key with its hash, computed once for the choice of the stripe and for the look-up.
struct HashedKey {
  explicit HashedKey(std::string_view key) : text(key), hash(std::hash<std::string_view>{}(key)) {}
  std::string_view text;
  std::size_t hash;
};

class Table {
 public:
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

  void set(const HashedKey& key, std::string_view value) {
    const auto found = values_.find(key);
    Value& slot = found != values_.end() ? found->second : values_.try_emplace(std::string(key.text)).first->second;
    if (const auto number = parse_integer(value)) {
      slot = *number;
    } else if (auto* text = std::get_if<std::string>(&slot);
               text != nullptr && text->capacity() <= 2 * value.size() + 64) {
      text->assign(value);
    } else {
      slot = std::string(value);
    }
  }

  Sum add(const HashedKey& key, std::int64_t delta) {
    const auto found = values_.find(key);
    if (found == values_.end()) {
      values_.try_emplace(std::string(key.text), delta);
      return {StoreStatus::ok, delta};
    }
    auto* number = std::get_if<std::int64_t>(&found->second);
    if (number == nullptr) return {StoreStatus::not_integer, 0};
    std::int64_t sum = 0;
    if (__builtin_add_overflow(*number, delta, &sum)) return {StoreStatus::overflow, 0};
    *number = sum;
    return {StoreStatus::ok, sum};
  }

  bool erase(const HashedKey& key) {
    const auto found = values_.find(key);
    if (found == values_.end()) return false;
    values_.erase(found);
    return true;
  }

  bool contains(const HashedKey& key) const { return values_.find(key) != values_.end(); }
  std::size_t size() const { return values_.size(); }
  void clear() { Map().swap(values_); }

 private:
  using Value = std::variant<std::int64_t, std::string>;

  // Not noexcept on purpose: the standard library then keeps the hash in the node, and a look-up in a bucket of several
  // keys does not hash them all.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const HashedKey& key) const { return key.hash; }
    std::size_t operator()(const std::string& key) const { return std::hash<std::string_view>{}(key); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const std::string& left, const std::string& right) const { return left == right; }
    bool operator()(const HashedKey& left, const std::string& right) const { return left.text == right; }
    bool operator()(const std::string& left, const HashedKey& right) const { return left == right.text; }
  };
  using Map = std::unordered_map<std::string, Value, Hash, Equal>;

  Map values_;
};

}  // namespace bakeoff
