// From the kind of store to the store.
#include "workloads/store/store.h"

namespace bakeoff::workloads::store {

std::unique_ptr<Store> make_store(StoreKind kind, std::size_t most_bytes) {
  switch (kind) {
    case StoreKind::unshared:
      return make_unshared_store(most_bytes);
    case StoreKind::locked:
      return make_locked_store(most_bytes);
    case StoreKind::process_shared:
      break;
  }
  return make_process_shared_store(most_bytes);
}

}  // namespace bakeoff::workloads::store
