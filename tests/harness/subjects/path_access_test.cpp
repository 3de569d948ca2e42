#include "harness/subjects/path_access.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/subjects/scratch_folder.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// A user and a group that own none of a test's files.
constexpr Identity kOtherUser{.uid = 65533, .gid = 65533};

struct TestFiles : ScratchFolder {
  TestFiles() { open(path()); }
  static void open(const fs::path& folder) {
    fs::permissions(folder, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  }
  fs::path folder(const std::string& name, fs::perms others) const {
    fs::create_directory(path() / name);
    fs::permissions(path() / name, fs::perms::owner_all | others);
    return path() / name;
  }
  static fs::path file(const fs::path& name, const std::string& text, fs::perms others) {
    std::ofstream(name) << text;
    fs::permissions(name, fs::perms::owner_all | others);
    return name;
  }
};

constexpr auto kOpen = fs::perms::others_read | fs::perms::others_exec;
constexpr auto kClosed = fs::perms::none;

/// This program's own beginning, for another machine.
std::string for_another_machine() {
  constexpr std::size_t kMachine = 18;  // e_machine, in both sizes of ELF.
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::string bytes(64, '\0');
  self.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes[kMachine] = '\x08';
  return bytes;
}

std::string why(const fs::path& program) {
  return why_not_executable(program, kOtherUser, "as the kernel said");
}

TEST(InaccessiblePath, TheFolderThatLetsNobodyThroughIsNamedWithItsRights) {
  const TestFiles files;
  const fs::path outer = files.folder("outer", kClosed);
  const fs::path inner = files.folder("outer/inner", kOpen);
  const fs::path program = TestFiles::file(inner / "server", "#!/bin/sh\n", kOpen);
  EXPECT_THAT(why(program), AllOf(HasSubstr("the folder " + outer.string() + " is closed"), HasSubstr("mode 0700")));
  EXPECT_EQ(inaccessible_folder(inner, kOtherUser), inaccessible_folder(program, kOtherUser));
  TestFiles::open(outer);
  EXPECT_EQ(inaccessible_folder(inner, kOtherUser), "");
}

TEST(InaccessiblePath, AFolderBehindALinkIsSeenToo) {
  const TestFiles files;
  const fs::path outer = files.folder("outer", kClosed);
  TestFiles::file(outer / "server", "", kOpen);
  fs::create_symlink(outer / "server", files.path() / "link");
  EXPECT_THAT(why(files.path() / "link"), HasSubstr("the folder " + outer.string() + " is closed"));
}

TEST(InaccessiblePath, AFileThatMayNotBeExecutedIsNamed) {
  const TestFiles files;
  const fs::path program = TestFiles::file(files.path() / "server", "", fs::perms::others_read);
  EXPECT_THAT(why(program), AllOf(HasSubstr("the file " + program.string()), HasSubstr("mode 0704")));
  EXPECT_THAT(why(files.path() / "nothing"), HasSubstr("is not there"));
  EXPECT_THAT(why(files.path()), HasSubstr("is no file"));
}

TEST(InaccessiblePath, TheInterpreterOfAScriptIsLookedAtAsTheScriptIs) {
  const TestFiles files;
  const fs::path script = TestFiles::file(files.path() / "run", "#! /no/such/interpreter -x\n", kOpen);
  EXPECT_THAT(why(script),
              HasSubstr("names /no/such/interpreter as its interpreter, and /no/such/interpreter is not there"));
  const fs::path closed = TestFiles::file(files.path() / "mine", "", fs::perms::others_read);
  TestFiles::file(files.path() / "run", "#!" + closed.string() + "\n", kOpen);
  EXPECT_THAT(why(script), HasSubstr("the file " + closed.string() + " may not be executed"));
}

TEST(InaccessiblePath, WhereNothingIsSeenTheKernelHasTheLastWord) {
  const TestFiles files;
  EXPECT_EQ(why(TestFiles::file(files.path() / "server", "no program\n", kOpen)), "as the kernel said");
}

TEST(PathAccess, NamesTheMachineThatAProgramWasBuiltFor) {
  const TestFiles files;
  const fs::path program = TestFiles::file(files.path() / "program", for_another_machine(), kOpen);
  EXPECT_THAT(why(program), AllOf(HasSubstr("program was built for machine 8 of elf.h, and this machine is ")));
  EXPECT_EQ(why("/proc/self/exe"), "as the kernel said");
}

}  // namespace
}  // namespace bakeoff::subjects
