// The store of a single thread: no lock, which is the Redis argument.
#include "workloads/store/table.h"

namespace bakeoff {
namespace {

class UnsharedStore final : public Store {
 public:
  void get(std::string_view key, ValueSink& sink) override { table_.get(HashedKey(key), sink); }

  void get_many(std::span<const std::string_view> keys, ValueSink& sink) override {
    for (const std::string_view key : keys) table_.get(HashedKey(key), sink);
  }

  StoreStatus set(std::string_view key, std::string_view value) override {
    table_.set(HashedKey(key), value);
    return StoreStatus::ok;
  }

  StoreStatus set_many(std::span<const KeyValue> pairs) override {
    for (const auto& [key, value] : pairs) table_.set(HashedKey(key), value);
    return StoreStatus::ok;
  }

  Sum add(std::string_view key, std::int64_t delta) override { return table_.add(HashedKey(key), delta); }

  std::size_t erase(std::span<const std::string_view> keys) override {
    std::size_t erased = 0;
    for (const std::string_view key : keys) erased += table_.erase(HashedKey(key)) ? 1 : 0;
    return erased;
  }

  std::size_t count(std::span<const std::string_view> keys) override {
    std::size_t found = 0;
    for (const std::string_view key : keys) found += table_.contains(HashedKey(key)) ? 1 : 0;
    return found;
  }

  std::size_t size() override { return table_.size(); }
  void clear() override { table_.clear(); }

 private:
  Table table_;
};

}  // namespace

std::unique_ptr<Store> make_unshared_store() {
  return std::make_unique<UnsharedStore>();
}

}  // namespace bakeoff
