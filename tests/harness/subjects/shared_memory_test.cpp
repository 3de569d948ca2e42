// What is removed of a group's shared memory, and what is not.
#include "harness/subjects/shared_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

namespace bakeoff::subjects {
namespace {

bool there_is_segment(int identifier) {
  shmid_ds segment{};
  return ::shmctl(identifier, IPC_STAT, &segment) == 0;
}

void map(const std::string& name) {
  const int fd = ::shm_open(name.c_str(), O_CREAT | O_RDWR, 0600);
  if (fd < 0 || ::ftruncate(fd, 4096) != 0) ::_exit(1);
  if (::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED) ::_exit(1);
  ::close(fd);
}

/// A group of one process, which maps two files and makes a segment, and waits.
class SharedMemoryOfAGroup : public testing::Test {
 protected:
  const std::string older_ = "/test-of-shared-memory-older-" + std::to_string(::getpid());
  const std::string younger_ = "/test-of-shared-memory-younger-" + std::to_string(::getpid());
  pid_t group_ = 0;
  int segment_ = -1;

  void SetUp() override {
    ::close(::shm_open(older_.c_str(), O_CREAT | O_RDWR, 0600));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // A process began in a tick of 10 ms.
    int told[2];
    ASSERT_EQ(::pipe2(told, O_CLOEXEC), 0);
    group_ = ::fork();
    if (group_ == 0) {
      ::setpgid(0, 0);
      map(older_);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      map(younger_);
      const int segment = ::shmget(IPC_PRIVATE, 4096, 0600);
      if (::write(told[1], &segment, sizeof segment) != sizeof segment) ::_exit(1);
      ::pause();
      ::_exit(0);
    }
    ::close(told[1]);
    EXPECT_EQ(::read(told[0], &segment_, sizeof segment_), static_cast<ssize_t>(sizeof segment_));
    ::close(told[0]);
  }
  void TearDown() override {
    kill_it();
    ::shm_unlink(older_.c_str());
    ::shm_unlink(younger_.c_str());
    ::shmctl(segment_, IPC_RMID, nullptr);
  }
  void kill_it() {
    if (group_ <= 0) return;
    ::kill(group_, SIGKILL);
    ::waitpid(group_, nullptr, 0);
    group_ = 0;
  }
  static bool there_is(const std::string& name) { return std::filesystem::exists("/dev/shm" + name); }
};

TEST_F(SharedMemoryOfAGroup, IsRemovedButNotAFileThatIsOlder) {
  ASSERT_TRUE(there_is(older_) && there_is(younger_) && there_is_segment(segment_));
  LeftSharedMemory memory;
  memory.look_at_group(group_);
  int status = 0;
  EXPECT_EQ(::waitpid(group_, &status, WUNTRACED), group_);
  EXPECT_TRUE(WIFSTOPPED(status)) << "it could make another";
  kill_it();
  memory.remove();
  EXPECT_TRUE(there_is(older_));
  EXPECT_FALSE(there_is(younger_));
  EXPECT_FALSE(there_is_segment(segment_));
}

TEST_F(SharedMemoryOfAGroup, ThatHasEndedIsTheSegments) {
  LeftSharedMemory memory;
  const pid_t maker = group_;
  kill_it();
  memory.look_at(maker);
  memory.remove();
  EXPECT_FALSE(there_is_segment(segment_));
  EXPECT_TRUE(there_is(younger_));
}

TEST_F(SharedMemoryOfAGroup, IsLeftAloneByThatOfOthers) {
  LeftSharedMemory memory;
  for (const pid_t no_group : {-1, 0, 1}) memory.look_at_group(no_group);
  const pid_t ended = ::fork();
  if (ended == 0) ::_exit(0);
  ::waitpid(ended, nullptr, 0);
  memory.look_at_group(ended);
  memory.look_at(ended);
  memory.remove();
  EXPECT_TRUE(there_is(younger_));
  EXPECT_TRUE(there_is_segment(segment_));
}

}  // namespace
}  // namespace bakeoff::subjects
