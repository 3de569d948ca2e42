#include "models/uring/ring.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

#include "models/connection.h"

namespace bakeoff::models::uring {
namespace {

constexpr unsigned kEntries = 1024;  // Operations that are handed over at once; with more it takes several calls.
constexpr unsigned kCompletions = 16 * 1024;  // Above this number the kernel keeps a list, which is slower.
constexpr std::uint16_t kBuffers = 512;       // Each holds kReadSize: 8 MiB in all. A short message touches one page.
constexpr int kBufferGroup = 0;
constexpr std::chrono::milliseconds kRetryDelay{
    1};  // When the kernel was short of something and nothing has completed.
constexpr std::size_t kBufferBytes = std::size_t{kBuffers} * kReadSize;
constexpr std::size_t kRingBytes = kBuffers * sizeof(io_uring_buf);

[[noreturn]] void fail(int error, const char* trying) {
  throw std::system_error(error, std::generic_category(), trying);
}

void* map(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(errno, "map buffers for io_uring");
  return memory;
}

/// With Linux 6.1 completions are processed only when the thread asks for them. Older kernels interrupt it for them.
int make_ring(io_uring& ring) {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  parameters.cq_entries = kCompletions;
  const int error = ::io_uring_queue_init_params(kEntries, &ring, &parameters);
  if (error != -EINVAL) return error;
  parameters = {};
  parameters.flags = IORING_SETUP_CQSIZE;
  parameters.cq_entries = kCompletions;
  return ::io_uring_queue_init_params(kEntries, &ring, &parameters);
}

/// False when the kernel was short of something just now, or wants completions to be taken first. The next call hands
/// over what this one could not.
bool submitted(int result) {
  if (result == -EAGAIN || result == -EBUSY) return false;
  if (result < 0 && result != -EINTR) fail(-result, "hand over to io_uring (io_uring_enter)");
  return true;
}

}  // namespace

Uring::Uring() {
  if (const int error = make_ring(ring_); error < 0) fail(-error, "set up an io_uring (io_uring_setup)");
  buffer_ring_ = static_cast<io_uring_buf_ring*>(map(kRingBytes));
  buffers_ = static_cast<char*>(map(kBufferBytes));
  // In single steps, because io_uring_setup_buf_ring() came only with liburing 2.4.
  io_uring_buf_reg group{};
  group.ring_addr = reinterpret_cast<std::uintptr_t>(buffer_ring_);
  group.ring_entries = kBuffers;
  group.bgid = kBufferGroup;
  if (const int error = ::io_uring_register_buf_ring(&ring_, &group, 0); error < 0) {
    fail(-error, "lend buffers to io_uring (io_uring_register, Linux 5.19 or later)");
  }
  ::io_uring_buf_ring_init(buffer_ring_);
  for (std::uint16_t i = 0; i < kBuffers; ++i) provide_buffer(i);
  // Tries an operation that does nothing: a system may allow the two calls so far and refuse io_uring_enter().
  ::io_uring_prep_nop(next(nullptr));
  run_once();
}

Uring::~Uring() {
  ::io_uring_queue_exit(&ring_);
  ::munmap(buffer_ring_, kRingBytes);
  ::munmap(buffers_, kBufferBytes);
}

void Uring::provide_buffer(std::uint16_t buffer) {
  ::io_uring_buf_ring_add(buffer_ring_, buffers_ + std::size_t{buffer} * kReadSize, kReadSize, buffer,
                          ::io_uring_buf_ring_mask(kBuffers), 0);
  ::io_uring_buf_ring_advance(buffer_ring_, 1);
}

io_uring_sqe* Uring::next(Operation* operation) {
  io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
  while (!entry) {  // The queue is full: its operations go to the kernel first.
    if (!submitted(::io_uring_submit(&ring_)) && !completions_.set_aside()) std::this_thread::sleep_for(kRetryDelay);
    entry = ::io_uring_get_sqe(&ring_);
  }
  std::memset(entry, 0, sizeof *entry);
  entry->user_data = reinterpret_cast<std::uintptr_t>(operation);
  return entry;
}

// The io_uring_prep functions leave the user data alone.
void Uring::accept_multishot(int listener, Operation& operation) {
  ::io_uring_prep_multishot_accept(next(&operation), listener, nullptr, nullptr, SOCK_CLOEXEC);
}

void Uring::receive_multishot(int socket, Operation& operation) {
  io_uring_sqe* entry = next(&operation);
  ::io_uring_prep_recv_multishot(entry, socket, nullptr, 0, 0);
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = kBufferGroup;
}

void Uring::send(int socket, std::string_view bytes, Operation& operation) {
  ::io_uring_prep_send(next(&operation), socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_WAITALL);
}

void Uring::timeout(std::chrono::nanoseconds time, Operation& operation) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  operation.time_ = {seconds.count(), (time - seconds).count()};
  ::io_uring_prep_timeout(next(&operation), &operation.time_, 0, 0);
}

void Uring::open_at(int folder, const char* name, Operation& operation) {
  ::io_uring_prep_openat(next(&operation), folder, name, O_RDONLY | O_CLOEXEC, 0);
}

void Uring::read(int file, char* into, std::size_t bytes, Operation& operation) {
  constexpr auto kFromWhereItStands = static_cast<__u64>(-1);
  ::io_uring_prep_read(next(&operation), file, into, static_cast<unsigned>(bytes), kFromWhereItStands);
}

void Uring::wait_readable(int fd, Operation& operation) {
  ::io_uring_prep_poll_add(next(&operation), fd, POLLIN);
}

void Uring::wait_writable(int fd, Operation& operation) {
  ::io_uring_prep_poll_add(next(&operation), fd, POLLOUT);
}

void Uring::wait_disconnect(int socket, Operation& operation) {
  ::io_uring_prep_poll_add(next(&operation), socket, POLLRDHUP);
}

void Uring::cancel(Operation& operation) {
  ::io_uring_prep_cancel64(next(nullptr), reinterpret_cast<std::uintptr_t>(&operation), 0);
}

void Uring::run_once() {
  const bool handed_over = submitted(::io_uring_submit_and_wait(&ring_, completions_.any_aside() ? 0 : 1));
  // Only those that are there now: the operations that handlers prepare are handed over before more completions are
  // looked at. They are taken one by one, because the kernel may need the room for others meanwhile.
  std::size_t left = completions_.ready();
  if (left == 0 && !handed_over) std::this_thread::sleep_for(kRetryDelay);
  for (UringCompletions::Done done; left > 0 && completions_.take(done); --left) {
    // The kernel hands a pointer back as the number that it was given.
    auto* operation = reinterpret_cast<Operation*>(done.operation);  // NOLINT(performance-no-int-to-ptr)
    if (!operation) continue;
    Completion completion{done.result, {}, (done.flags & IORING_CQE_F_MORE) != 0};
    const auto buffer = static_cast<std::uint16_t>(done.flags >> IORING_CQE_BUFFER_SHIFT);
    const bool lent = (done.flags & IORING_CQE_F_BUFFER) != 0;
    if (lent && done.result > 0) {
      completion.bytes = {buffers_ + std::size_t{buffer} * kReadSize, static_cast<std::size_t>(done.result)};
    }
    operation->handler_(operation->owner_, completion);
    if (lent) provide_buffer(buffer);
  }
}

std::string_view uring_refusal() {
  static const std::string refusal = []() -> std::string {
    try {
      const Uring tried;
      return "";
    } catch (const std::system_error& error) {
      return std::string("an io_uring, which this system refuses: ") + error.what();
    }
  }();
  return refusal;
}

}  // namespace bakeoff::models::uring
