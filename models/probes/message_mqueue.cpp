// Messages through POSIX message queues, one for each direction, of 10 messages, which is what Linux lets anybody have.
// Their names are gone before anybody uses them, so that nothing is left behind.
#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "models/probes/messages.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

std::string name_for(const char* role) {
  return "/bakeoff-" + std::to_string(::getpid()) + "-" + role;
}

class MessageQueue {
 public:
  MessageQueue(const char* role, std::size_t bytes) {
    constexpr long kMessages = 10;
    const std::string name = name_for(role);
    mq_attr attributes{};
    attributes.mq_maxmsg = kMessages;
    attributes.mq_msgsize = static_cast<long>(bytes);
    queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
    if (queue_ < 0 && (errno == EINVAL || errno == EMFILE)) {
      throw std::invalid_argument("message-mqueue: 10 messages of " + std::to_string(bytes) +
                                  " bytes are more than this system lets a queue have: fs.mqueue.msgsize_max, "
                                  "fs.mqueue.msg_max and RLIMIT_MSGQUEUE");
    }
    if (queue_ < 0) throw std::system_error(errno, std::generic_category(), "mq_open");
    ::mq_unlink(name.c_str());
  }
  MessageQueue(const MessageQueue&) = delete;
  MessageQueue& operator=(const MessageQueue&) = delete;
  ~MessageQueue() { ::mq_close(queue_); }

  mqd_t get() const { return queue_; }

 private:
  mqd_t queue_;
};

class QueuedMessages {
 public:
  explicit QueuedMessages(std::size_t bytes) : queues_{{"here", bytes}, {"there", bytes}} {}

  void send(Side me, std::span<const std::byte> message) {
    const mqd_t queue = queues_[other(me)].get();
    while (::mq_send(queue, reinterpret_cast<const char*>(message.data()), message.size(), 0) != 0) {
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "mq_send");
    }
  }
  void receive(Side me, std::span<std::byte> message) {
    const mqd_t queue = queues_[me].get();
    ssize_t size = 0;
    while ((size = ::mq_receive(queue, reinterpret_cast<char*>(message.data()), message.size(), nullptr)) < 0) {
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "mq_receive");
    }
    if (static_cast<std::size_t>(size) != message.size())
      throw std::runtime_error("mq_receive: a message of another size");
  }

 private:
  PerSide<MessageQueue> queues_;  // Each belongs to the side that receives from it.
};

}  // namespace

ProbeResult probe_message_mqueue(const workloads::Settings& settings) {
  QueuedMessages messages(settings.number("bytes"));
  return exchange_messages(messages, settings);
}

std::string_view message_mqueue_refusal() {
  if (::mq_unlink(name_for("none").c_str()) == 0 || errno != ENOSYS) return "";
  return "POSIX message queues (a kernel with CONFIG_POSIX_MQUEUE)";
}

}  // namespace bakeoff::models::probes
