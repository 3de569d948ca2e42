// What a thread or a process may share with its creator: how to change it, and how to look at it. Every call concerns
// the calling thread or process, and none blocks.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "models/net.h"

namespace bakeoff::models::probes {

/// A file of two bytes without a name, to be read from its beginning. Throws std::system_error.
inline Descriptor two_bytes() {
  Descriptor file(::memfd_create("bakeoff", MFD_CLOEXEC));
  if (!file || ::write(file.get(), "ab", 2) != 2 || ::lseek(file.get(), 0, SEEK_SET) != 0)
    throw std::system_error(errno, std::generic_category(), "make a file in memory (memfd_create)");
  return file;
}

/// Moves the file's offset by one byte. Throws std::runtime_error when there is none.
inline void read_one(const Descriptor& file) {
  char byte = 0;
  if (::read(file.get(), &byte, 1) != 1) throw std::runtime_error("a file in memory could not be read");
}

inline bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) >= 0;
}

inline bool is_signal_ignored(int signal) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_IGN;
}

inline void ignore_signal(int signal, bool on) {
  struct sigaction action {};
  action.sa_handler = on ? SIG_IGN : SIG_DFL;
  ::sigaction(signal, &action, nullptr);
}

/// By the calling thread's mask.
inline bool is_signal_blocked(int signal) {
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
  return ::sigismember(&now, signal) == 1;
}

inline void block_signal(int signal) {
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, signal);
  ::pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

}  // namespace bakeoff::models::probes
