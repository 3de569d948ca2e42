// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace bakeoff::measure {

class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  /// -1, or any other negative number, is none.
  explicit OwnedDescriptor(int fd) : fd_(fd) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedDescriptor() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// Before its time; does nothing without one.
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace bakeoff::measure
