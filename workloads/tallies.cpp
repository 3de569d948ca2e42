// The sums behind a ServiceReceipt.
#include "workloads/tallies.h"

#include <new>

namespace bakeoff::workloads {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "sums are shared between processes");

Tallies::Tallies() : memory_(sizeof(Sums)), sums_(new (memory_.data()) Sums) {}

void Tallies::add(std::uint64_t requests, std::uint64_t bytes_received, std::uint64_t bytes_sent, std::uint64_t files) {
  sums_->requests.fetch_add(requests, std::memory_order_relaxed);
  sums_->bytes_received.fetch_add(bytes_received, std::memory_order_relaxed);
  sums_->bytes_sent.fetch_add(bytes_sent, std::memory_order_relaxed);
  if (files != 0) sums_->files.fetch_add(files, std::memory_order_relaxed);
}

ServiceReceipt Tallies::receipt() const {
  ServiceReceipt receipt;
  receipt.requests = sums_->requests.load(std::memory_order_relaxed);
  receipt.bytes_received = sums_->bytes_received.load(std::memory_order_relaxed);
  receipt.bytes_sent = sums_->bytes_sent.load(std::memory_order_relaxed);
  receipt.files = sums_->files.load(std::memory_order_relaxed);
  return receipt;
}

}  // namespace bakeoff::workloads
