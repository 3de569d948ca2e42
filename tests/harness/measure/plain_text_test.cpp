// What is printed of somebody else's text, and how much of it is read.
#include "harness/measure/plain_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "harness/subjects/child_output.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::measure {
namespace {

using namespace std::chrono_literals;

constexpr const char* kReplaced = "\xef\xbf\xbd";

TEST(PlainText, LeavesTextOfEveryLanguageAsItIs) {
  const std::string text = "r\xc3\xa9sum\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80\ttab\r\nline";
  EXPECT_EQ(plain_text(text), text);
  EXPECT_EQ(plain_text(""), "");
}

TEST(PlainText, ReplacesEachControlCharacter) {
  const std::string r = kReplaced;
  EXPECT_EQ(plain_text("\x1b[31m"), r + "[31m");
  EXPECT_EQ(plain_text(std::string("a\0b", 3)), "a" + r + "b");
  EXPECT_EQ(plain_text("\x7f\x07"), r + r);
  EXPECT_EQ(plain_text("\xc2\x9b"
                       "31m"),
            r + "31m")
      << "the control sequence introducer in one character";
  EXPECT_EQ(plain_text("over\rwritten"), "over" + r + "written") << "a return that ends no line";
  EXPECT_EQ(plain_text("\xe2\x80\xae"
                       "txt"),
            r + "txt")
      << "what turns the text around";
}

TEST(PlainText, ReplacesWhatIsNoUtf8) {
  const std::string r = kReplaced;
  EXPECT_EQ(plain_text("\xff\xfe"), r + r);
  EXPECT_EQ(plain_text("cut \xe6\x97"), "cut " + r + r);
  EXPECT_EQ(plain_text("\xc3("), r + "(");
  EXPECT_EQ(plain_text("\xe0\x80\x9b"), r + r + r) << "a control character written longer than it is";
  EXPECT_EQ(plain_text("\xed\xa0\x80"), r + r + r) << "half of a pair";
}

TEST(PlainText, IsOneWordOfACommandLineWhereSomebodyMayTypeIt) {
  EXPECT_EQ(shell_word("bakeoff-results/quick/2026-01-02T03:04:05Z-host"),
            "bakeoff-results/quick/2026-01-02T03:04:05Z-host");
  EXPECT_EQ(shell_word("r\xc3\xa9sum\xc3\xa9"), "r\xc3\xa9sum\xc3\xa9");
  EXPECT_EQ(shell_word("my results/$HOME"), "'my results/$HOME'");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(PlainText, IsOneLineWhereThatIsWanted) {
  EXPECT_EQ(plain_line("one\ntwo\r\nthree\tfour\n\n"), "one | two | three four");
  EXPECT_EQ(plain_line("\n"), "");
}

/// A file whose text is what a child has said.
class ChildOutput : public testing::Test {
 protected:
  ChildOutput() : descriptor_(::open((folder_.path() / "said").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~ChildOutput() override { ::close(descriptor_); }
  void says(const std::string& text) const {
    ASSERT_EQ(::write(descriptor_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  subjects::ScratchFolder folder_;
  int descriptor_;
};

TEST_F(ChildOutput, TheLastLinesAreReadFromTheEnd) {
  EXPECT_EQ(subjects::last_lines(descriptor_), "");
  says("first\nsecond\n");
  EXPECT_EQ(subjects::last_lines(descriptor_), "first | second");
  EXPECT_EQ(subjects::last_lines(descriptor_, 7), "...second");
  EXPECT_EQ(subjects::first_line(descriptor_), "first");
  EXPECT_EQ(subjects::first_line(descriptor_, 3), "fir");
}

TEST_F(ChildOutput, AFileOfAnySizeIsReadAsFarAsIsAsked) {
  ASSERT_EQ(::ftruncate(descriptor_, off_t{1} << 40), 0);
  ASSERT_EQ(::pwrite(descriptor_, "\nend", 4, off_t{1} << 40), 4);
  EXPECT_EQ(subjects::last_lines(descriptor_, 4), "... | end");
}

TEST_F(ChildOutput, ACharacterThatIsCutInTwoIsLeftOut) {
  says("\xe6\x97\xa5 end");
  EXPECT_EQ(subjects::last_lines(descriptor_, 6), "... end");
}

TEST_F(ChildOutput, WhatIsNoFileHasSaidNothing) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  EXPECT_EQ(subjects::last_lines(ends[0]), "") << "and is not waited for";
  EXPECT_EQ(subjects::first_line(ends[0]), "");
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(subjects::last_lines(-1), "");
}

TEST_F(ChildOutput, OfAProcessIsReadFromTheFileThatItWasGivenWhateverLiesThereNow) {
  const std::string file = folder_.path() / "output";
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "echo words; rm $0; mkfifo $0", file};
  command.error_file = file;
  command.output_to_error_file = true;
  subjects::Process process = subjects::Process::start(command);
  ASSERT_TRUE(process.wait(10s));
  EXPECT_EQ(process.last_output(), "words");
  EXPECT_EQ(process.first_output(), "words");
}

TEST_F(ChildOutput, IsNotWrittenThroughALink) {
  const std::string link = folder_.path() / "link";
  std::filesystem::create_symlink(folder_.path() / "said", link);
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "echo words >&2"};
  command.error_file = link;
  EXPECT_THROW(subjects::Process::start(command), std::system_error);
}

}  // namespace
}  // namespace bakeoff::measure
