// Messages as queued real-time signals: the message is the value that a signal carries, 8 bytes at most. Who waits does
// so in sigwaitinfo(), the signal being blocked. Signals go to one thread, whose number both parties tell each other
// first; between processes it is the process's only one. A full queue (RLIMIT_SIGPENDING) makes a sender yield and try
// again: there is nothing to wait on.
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "models/probes/futex.h"
#include "models/probes/messages.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

constexpr std::size_t kCarried = sizeof(sigval);

/// Where signals for a party go. A thread's number is written last and is never 0.
struct Address {
  pid_t process = 0;
  FutexWord thread{0};
};

sigset_t message_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGRTMIN);
  return signals;
}

class SignalMessages {
 public:
  /// Made before the second party is: a new thread and a forked process have the caller's mask.
  explicit SignalMessages(PerSide<Address>& addresses) : addresses_(addresses), signals_(message_signals()) {
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  void send(Side me, std::span<const std::byte> message) {
    const Address& to = address_of(other(me), me);
    siginfo_t info{};
    info.si_code = SI_QUEUE;
    info.si_pid = ::getpid();
    std::memcpy(&info.si_value, message.data(), message.size());
    while (::syscall(SYS_rt_tgsigqueueinfo, to.process, to.thread.load(), SIGRTMIN, &info) != 0) {
      if (errno != EAGAIN) throw std::system_error(errno, std::generic_category(), "rt_tgsigqueueinfo");
      ::sched_yield();
    }
  }
  void receive(Side me, std::span<std::byte> message) {
    introduce(me);
    siginfo_t info{};
    while (::sigwaitinfo(&signals_, &info) < 0) {
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "sigwaitinfo");
    }
    std::memcpy(message.data(), &info.si_value, message.size());
  }

 private:
  void introduce(Side me) {
    Address& mine = addresses_[me];
    if (mine.thread.load(std::memory_order_relaxed) != 0) return;
    mine.process = ::getpid();
    mine.thread.store(static_cast<std::uint32_t>(::syscall(SYS_gettid)));
    futex_wake(mine.thread);
  }
  /// Waits until it is known.
  const Address& address_of(Side whom, Side me) {
    introduce(me);
    Address& address = addresses_[whom];
    while (address.thread.load(std::memory_order_acquire) == 0) futex_wait(address.thread, 0);
    return address;
  }

  PerSide<Address>& addresses_;
  sigset_t signals_;
};

}  // namespace

ProbeResult probe_message_signal(const workloads::Settings& settings) {
  static_assert(kCarried == 8, "the setting says so");
  const SharedArray<PerSide<Address>> addresses(1);
  SignalMessages messages(addresses[0]);
  return exchange_messages(messages, settings);
}

}  // namespace bakeoff::models::probes
