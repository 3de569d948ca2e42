#include "models/open_file.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace bakeoff::models {
namespace {

ssize_t read_some(int file, char* into, std::size_t size) noexcept {
  for (;;) {
    const ssize_t got = ::read(file, into, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

}  // namespace

std::string_view OpenFile::open(const workloads::FileName& file, std::array<char, 24>& text) noexcept {
  *std::to_chars(text.data(), text.data() + text.size() - 1, file.number).ptr = '\0';
  const int descriptor = ::openat(file.folder, text.data(), O_RDONLY | O_CLOEXEC);
  return adopt(descriptor, errno, text);
}

std::string_view OpenFile::adopt(int descriptor, int error, std::array<char, 24>& text) noexcept {
  file_.reset(descriptor);
  left_ = 0;
  if (descriptor < 0) return error == ENOENT ? workloads::kNoFile : workloads::kFileFailed;
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size > UINT32_MAX) {
    close();
    return workloads::kFileFailed;
  }
  left_ = static_cast<std::uint32_t>(facts.st_size);
  const auto end = std::to_chars(text.begin(), text.end(), facts.st_size).ptr;
  return {text.data(), static_cast<std::size_t>(end - text.data())};
}

bool OpenFile::read_into(std::string& replies) {
  const std::size_t before = replies.size();
  const std::size_t wanted = std::min<std::size_t>(left_, kFileChunk);
  replies.resize(before + wanted);
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t more = read_some(file_.get(), replies.data() + before + got, wanted - got);
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  replies.resize(before + got);
  left_ -= static_cast<std::uint32_t>(got);
  return got == wanted;
}

ssize_t OpenFile::send_to(int socket) noexcept {
  for (;;) {
    const ssize_t sent = ::sendfile(socket, file_.get(), nullptr, left_);
    if (sent > 0) left_ -= static_cast<std::uint32_t>(sent);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

SendResult send_with_file(int socket, workloads::FileTransfer transfer, OpenFile& file, std::string& replies,
                          std::size_t& sent) {
  const bool read = transfer == workloads::FileTransfer::read;
  for (;;) {
    // In memory there is at most a chunk and what stood in front of it.
    if (read && file.left() != 0 && replies.size() - sent < kFileChunk) {
      replies.erase(0, sent);
      sent = 0;
      if (!file.read_into(replies)) return SendResult::gone;
    }
    while (sent < replies.size()) {
      const ssize_t went = send_some(socket, std::string_view(replies).substr(sent), file.left() != 0 ? MSG_MORE : 0);
      if (went < 0) return errno == EAGAIN ? SendResult::some : SendResult::gone;
      sent += static_cast<std::size_t>(went);
    }
    replies.clear();
    sent = 0;
    if (file.left() == 0) return SendResult::all;
    if (read) continue;
    const ssize_t went = file.send_to(socket);
    if (went < 0) return errno == EAGAIN ? SendResult::some : SendResult::gone;
    if (went == 0) return SendResult::gone;
    if (file.left() == 0) return SendResult::all;
  }
}

}  // namespace bakeoff::models
