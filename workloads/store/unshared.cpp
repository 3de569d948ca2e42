// The store of a single thread: no lock, which is the Redis argument.
#include "workloads/store/room.h"
#include "workloads/store/table.h"

namespace bakeoff {
namespace {

class UnsharedStore final : public Store {
 public:
  explicit UnsharedStore(std::size_t most_bytes) : room_(most_bytes) {}

  void get(std::string_view key, ValueSink& sink) override { table_.get(hashed(key), sink); }

  void get_many(std::span<const std::string_view> keys, ValueSink& sink) override {
    for (const std::string_view key : keys) table_.get(hashed(key), sink);
  }

  StoreStatus set(std::string_view key, std::string_view value) override {
    return table_.set(hashed(key), value, room_);
  }

  StoreStatus set_many(std::span<const KeyValue> pairs) override {
    std::size_t bytes = 0;
    for (const auto& [key, value] : pairs) bytes += table_.room_for(hashed(key), value);
    ReservedRoom reserved(room_, bytes);
    if (!reserved.granted()) return StoreStatus::full;
    for (const auto& [key, value] : pairs) table_.set(hashed(key), value, reserved);
    return StoreStatus::ok;
  }

  Sum add(std::string_view key, std::int64_t delta) override { return table_.add(hashed(key), delta, room_); }

  std::size_t erase(std::span<const std::string_view> keys) override {
    std::size_t erased = 0;
    for (const std::string_view key : keys) erased += table_.erase(hashed(key), room_) ? 1 : 0;
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
    room_.clear();
  }
  std::size_t longest_chain() override { return table_.longest_chain(); }

 private:
  HashedKey hashed(std::string_view key) const { return {hash_, key}; }

  const KeyedHash hash_;
  Table table_{hash_};
  Room<std::size_t> room_;
};

}  // namespace

std::unique_ptr<Store> make_unshared_store(std::size_t most_bytes) {
  return std::make_unique<UnsharedStore>(most_bytes);
}

}  // namespace bakeoff
