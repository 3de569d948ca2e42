#include "models/open_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/text_file.h"

namespace bakeoff::models {
namespace {

using workloads::FileTransfer;

/// A folder with one file, and a pair of sockets of which the first does not block.
class OpenFiles : public testing::TestWithParam<FileTransfer> {
 protected:
  OpenFiles() {
    std::string pattern = testing::TempDir() + "bakeoff-open-file-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    opened_.reset(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < 300'000; ++i) content_ += static_cast<char>('a' + i % 23 + i / 65536);
    test::write_text(folder_ / "7", content_);
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    sender_.reset(pair[0]);
    receiver_.reset(pair[1]);
    set_blocking(sender_.get(), false);
    set_blocking(receiver_.get(), false);
  }
  ~OpenFiles() override { std::filesystem::remove_all(folder_); }

  std::string open(std::uint64_t number) {
    std::array<char, 24> text;
    return std::string(file_.open({.folder = opened_.get(), .number = number, .transfer = GetParam()}, text));
  }
  std::string receive() {
    std::string all(1 << 20, '\0');
    std::size_t size = 0;
    for (ssize_t got = 0; (got = receive_some(receiver_.get(), all.data() + size, all.size() - size)) > 0;) {
      size += static_cast<std::size_t>(got);
    }
    all.resize(size);
    return all;
  }

  std::filesystem::path folder_;
  std::string content_;
  Descriptor opened_, sender_, receiver_;
  OpenFile file_;
};

TEST_P(OpenFiles, SaysHowLargeAFileIsOrThatThereIsNone) {
  EXPECT_EQ(open(7), "300000");
  EXPECT_EQ(file_.left(), 300'000U);
  EXPECT_EQ(open(8), workloads::kNoFile);
  EXPECT_EQ(file_.left(), 0U);
  std::filesystem::create_directory(folder_ / "9");
  EXPECT_EQ(open(9), workloads::kFileFailed);
  opened_.reset();
  EXPECT_EQ(open(7), workloads::kFileFailed);
}

TEST_P(OpenFiles, SendsTheRepliesAndThenTheFileAsFarAsTheSocketTakesThem) {
  ASSERT_EQ(open(7), "300000");
  std::string replies = "head";
  std::size_t sent = 0;
  std::string received;
  int calls = 0;
  for (SendResult result = SendResult::some; result != SendResult::all; ++calls) {
    result = send_with_file(sender_.get(), GetParam(), file_, replies, sent);
    ASSERT_NE(result, SendResult::gone);
    received += receive();
  }
  EXPECT_EQ(received, "head" + content_);
  EXPECT_GT(calls, 1);  // A socket of this kind takes some 200 KB.
  EXPECT_EQ(replies, "");
  EXPECT_EQ(sent, 0U);
  EXPECT_EQ(file_.left(), 0U);
}

TEST_P(OpenFiles, OfAFileThatShrinksSaysThatTheConnectionHasToEnd) {
  ASSERT_EQ(open(7), "300000");
  std::filesystem::resize_file(folder_ / "7", 10);
  std::string replies = "head";
  std::size_t sent = 0;
  EXPECT_EQ(send_with_file(sender_.get(), GetParam(), file_, replies, sent), SendResult::gone);
}

TEST_P(OpenFiles, ToAPeerWhoIsGoneSaysSo) {
  ASSERT_EQ(open(7), "300000");
  receiver_.reset();
  std::string replies = "head";
  std::size_t sent = 0;
  ::signal(SIGPIPE, SIG_IGN);  // sendfile() has no flag against it; servers ignore it.
  EXPECT_EQ(send_with_file(sender_.get(), GetParam(), file_, replies, sent), SendResult::gone);
}

TEST_P(OpenFiles, IsClosedWhenItIsTold) {
  ASSERT_EQ(open(7), "300000");
  const int number = file_.descriptor();
  file_.close();
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  EXPECT_EQ(file_.left(), 0U);
}

INSTANTIATE_TEST_SUITE_P(EitherWay, OpenFiles, testing::Values(FileTransfer::sendfile, FileTransfer::read),
                         [](const auto& test) { return test.param == FileTransfer::sendfile ? "sendfile" : "read"; });

}  // namespace
}  // namespace bakeoff::models
