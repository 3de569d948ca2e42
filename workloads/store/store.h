// The shared state of the counter workload: text keys with values that are numbers or text. Three kinds that give the
// same answers; what they cost is one of the things that bakeoff measures.
//
// Every operation is atomic as seen by every other, those on several keys too, as in Redis. No operation blocks for
// longer than it takes others to finish theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "workloads/catalogue.h"

namespace bakeoff::workloads::store {

enum class StoreStatus : std::uint8_t {
  ok,
  full,         ///< It would hold more than it may. Nothing was changed.
  not_integer,  ///< add: the value is text that is not a number. Nothing was changed.
  overflow,     ///< add: the sum does not fit in 64 bits. Nothing was changed.
};

/// Receives values where they lie. Called with the store's locks held: it must neither block nor call the store.
class ValueSink {
 public:
  virtual void number(std::int64_t value) = 0;
  virtual void text(std::string_view value) = 0;  ///< Valid during the call only.
  virtual void missing() = 0;

 protected:
  ~ValueSink() = default;
};

struct KeyValue {
  std::string_view key;
  std::string_view value;
};

struct Sum {
  StoreStatus status = StoreStatus::ok;
  std::int64_t value = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Exactly one call of the sink for each key, in order.
  virtual void get(std::string_view key, ValueSink& sink) = 0;
  virtual void get_many(std::span<const std::string_view> keys, ValueSink& sink) = 0;

  /// A value that parse_integer() takes is kept as a number. Later pairs win over earlier ones with the same key.
  virtual StoreStatus set(std::string_view key, std::string_view value) = 0;
  virtual StoreStatus set_many(std::span<const KeyValue> pairs) = 0;

  /// A missing key counts as 0.
  virtual Sum add(std::string_view key, std::int64_t delta) = 0;

  /// How many of the keys there were; for erase a key given twice counts once, for count twice.
  virtual std::size_t erase(std::span<const std::string_view> keys) = 0;
  virtual std::size_t count(std::span<const std::string_view> keys) = 0;

  virtual std::size_t size() = 0;
  virtual void clear() = 0;

  /// The most keys that lie in one place of the hash table: with as many a look-up compares at worst. Reads all of it;
  /// for tests of the hash.
  virtual std::size_t longest_chain() = 0;
};

/// Keys, values and what it takes to keep them are at most `most_bytes`, about as the allocator counts.
std::unique_ptr<Store> make_unshared_store(std::size_t most_bytes);
std::unique_ptr<Store> make_locked_store(std::size_t most_bytes);
/// Must be made before the fork. Throws std::system_error when the arena cannot be mapped, std::invalid_argument when
/// it is smaller than 1 MiB.
std::unique_ptr<Store> make_process_shared_store(std::size_t arena_bytes);

std::unique_ptr<Store> make_store(StoreKind kind, std::size_t most_bytes);

}  // namespace bakeoff::workloads::store
