// Messages within a process: a queue under a mutex with condition variables, between threads, and a channel between
// fibers of one thread. Both hold 63 messages (a channel of fibers keeps one of its places free). A message is a vector
// of its own that is moved, not copied; making it is part of sending, as it is in programs that pass
// messages so.
#include <boost/fiber/buffered_channel.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>

#include "models/fibers/stacks.h"
#include "models/probes/messages.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

constexpr std::size_t kRoom = 64;
constexpr std::size_t kHeld = kRoom - 1;
constexpr std::size_t kChannelFiberStackBytes = fibers::kStackFactor * 64 * 1024;

using Message = std::vector<std::byte>;

class ThreadQueue {
 public:
  void push(Message message) {
    {
      std::unique_lock lock(mutex_);
      not_full_.wait(lock, [this] { return messages_.size() < kHeld; });
      messages_.push_back(std::move(message));
    }
    not_empty_.notify_one();
  }
  Message value_pop() {
    Message message;
    {
      std::unique_lock lock(mutex_);
      not_empty_.wait(lock, [this] { return !messages_.empty(); });
      message = std::move(messages_.front());
      messages_.pop_front();
    }
    not_full_.notify_one();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_full_, not_empty_;
  std::deque<Message> messages_;
};

class FiberQueue {
 public:
  void push(Message message) { channel_.push(std::move(message)); }
  Message value_pop() { return channel_.value_pop(); }

 private:
  boost::fibers::buffered_channel<Message> channel_{kRoom};
};

template <typename Queue>
class InsideMessages {
 public:
  void send(Side me, std::span<const std::byte> message) {
    queues_[other(me)].push(Message(message.begin(), message.end()));
  }
  void receive(Side me, std::span<std::byte> message) {
    const Message received = queues_[me].value_pop();
    std::memcpy(message.data(), received.data(), message.size());
  }

 private:
  PerSide<Queue> queues_;  // Each belongs to the side that receives from it.
};

}  // namespace

ProbeResult probe_message_queue(const workloads::Settings& settings) {
  InsideMessages<ThreadQueue> messages;
  return exchange_messages(messages, "threads", choose_cpus(settings.text("place")), settings.number("bytes"));
}

ProbeResult probe_message_fiber_channel(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  const std::size_t bytes = settings.number("bytes");
  InsideMessages<FiberQueue> messages;
  MessageControl control;
  boost::fibers::fiber second(std::allocator_arg, boost::fibers::fixedsize_stack(kChannelFiberStackBytes),
                              [&] { answer_messages(messages, control, bytes); });
  ProbeResult result = measure_messages(messages, control, bytes, true);
  second.join();
  result.peak_live_units = result.units_created = 1;
  check_messages(result, control);
  return result;
}

}  // namespace bakeoff::models::probes
