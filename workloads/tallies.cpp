// The sums behind a ServiceReceipt.
#include "workloads/tallies.h"

#include <new>

namespace bakeoff::workloads {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "sums are shared between processes");

Tallies::Tallies() : memory_(sizeof(Sums)), sums_(new (memory_.data()) Sums) {}

void Tallies::add(std::uint64_t requests, std::uint64_t bytes_received, std::uint64_t bytes_sent, std::uint64_t files,
                  std::uint64_t calls) {
  sums_->requests.fetch_add(requests, std::memory_order_relaxed);
  sums_->bytes_received.fetch_add(bytes_received, std::memory_order_relaxed);
  sums_->bytes_sent.fetch_add(bytes_sent, std::memory_order_relaxed);
  if (files != 0) sums_->files.fetch_add(files, std::memory_order_relaxed);
  if (calls != 0) sums_->calls.fetch_add(calls, std::memory_order_relaxed);
}

void Tallies::add_failed_call(CallOutcome outcome) {
  sums_->failed_calls[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
}

void Tallies::add_back_end_connection() {
  sums_->back_end_connections.fetch_add(1, std::memory_order_relaxed);
}

void Tallies::add_call_wait(std::chrono::nanoseconds waited) {
  sums_->call_waits.fetch_add(1, std::memory_order_relaxed);
  sums_->call_wait_ns.fetch_add(static_cast<std::uint64_t>(waited.count()), std::memory_order_relaxed);
}

ServiceReceipt Tallies::receipt() const {
  ServiceReceipt receipt;
  receipt.requests = sums_->requests.load(std::memory_order_relaxed);
  receipt.bytes_received = sums_->bytes_received.load(std::memory_order_relaxed);
  receipt.bytes_sent = sums_->bytes_sent.load(std::memory_order_relaxed);
  receipt.files = sums_->files.load(std::memory_order_relaxed);
  receipt.calls = sums_->calls.load(std::memory_order_relaxed);
  receipt.back_end_connections = sums_->back_end_connections.load(std::memory_order_relaxed);
  receipt.call_waits = sums_->call_waits.load(std::memory_order_relaxed);
  receipt.call_wait_ns = sums_->call_wait_ns.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < kCallOutcomes; ++i) {
    receipt.failed_calls[i] = sums_->failed_calls[i].load(std::memory_order_relaxed);
  }
  return receipt;
}

}  // namespace bakeoff::workloads
