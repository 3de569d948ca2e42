// main() of every test program. Called as usual it is GoogleTest's own:
//
//   harness_test --gtest_filter=Report.*
//
// ctest calls it for many cases at once, because a process per case would cost more than most cases do:
//
//   harness_test --record FILE SECONDS --gtest_filter=...
//
// Then FILE gets one line per case, a <testcase> of the JUnit format, from which ./check counts. The cases run in a
// child process. A case that crashes, exits or takes longer than SECONDS has failed, is named, and the cases behind it
// are run by the next child.
//
// A harness that is under test starts the watchdog of its subjects as /proc/self/exe guard
// (harness/subjects/watchdog.h), which is this program then: it becomes bakeoff, which knows the word. Any other word
// is refused, because GoogleTest would run all cases.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace bakeoff::test {
namespace {

constexpr std::string_view kRecord = "--record", kRecordInChild = "--record-in-child";

std::string contents_of(const std::string& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void append(const std::string& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::system_error(errno, std::generic_category(), file);
  }
  ::close(fd);
}

std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) {
    switch (c) {
      case '&':
        all += "&amp;";
        break;
      case '<':
        all += "&lt;";
        break;
      case '"':
        all += "&quot;";
        break;
      default:
        all += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return all;
}

/// A line is begun before its case and ended after it, so that one without an end says which case ended its process.
std::string begin_of_line(std::string_view suite, std::string_view name) {
  return "<testcase classname=\"" + escaped(suite) + "\" name=\"" + escaped(name) + "\"";
}
std::string end_of_failed(std::string_view why) {
  return " status=\"fail\"><failure message=\"" + escaped(why) + "\"/></testcase>\n";
}

class Recorder : public testing::EmptyTestEventListener {
 public:
  Recorder(std::string file, unsigned seconds) : file_(std::move(file)), seconds_(seconds) { ::alarm(seconds_); }

  void OnTestStart(const testing::TestInfo& test) override {
    append(file_, begin_of_line(test.test_suite_name(), test.name()));
    ::alarm(seconds_);
  }

  void OnTestEnd(const testing::TestInfo& test) override {
    // It goes on: what comes between two cases and behind the last one has a limit too.
    ::alarm(seconds_);
    const testing::TestResult& result = *test.result();
    std::ostringstream line;
    if (result.Failed()) {
      line << end_of_failed(message_of(result, &testing::TestPartResult::failed));
    } else if (result.Skipped()) {
      line << " status=\"notrun\"><skipped message=\"" << escaped(message_of(result, &testing::TestPartResult::skipped))
           << "\"/></testcase>\n";
    } else {
      line << " status=\"run\" time=\"" << static_cast<double>(result.elapsed_time()) / 1000 << "\"/>\n";
    }
    append(file_, line.str());
  }

 private:
  static std::string message_of(const testing::TestResult& result, bool (testing::TestPartResult::*is_so)() const) {
    for (int i = 0; i < result.total_part_count(); ++i) {
      const auto& part = result.GetTestPartResult(i);
      if ((part.*is_so)()) return part.message();
    }
    return "";
  }

  const std::string file_;
  const unsigned seconds_;
};

/// The cases of a record, as GoogleTest's filter names them.
std::string recorded_cases(const std::string& file) {
  std::istringstream lines(contents_of(file));
  std::string names;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, suite, name;
    words >> word >> suite >> name;
    const auto value = [](const std::string& attribute) {
      const auto open = attribute.find('"');
      return attribute.substr(open + 1, attribute.rfind('"') - open - 1);
    };
    names += (names.empty() ? "" : ":") + value(suite) + "." + value(name);
  }
  return names;
}

int run_cases(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (argc > 1) {
    std::fprintf(stderr, "%s: found \"%s\", expected options of GoogleTest\n", argv[0], argv[1]);
    return 2;
  }
  return RUN_ALL_TESTS();
}

int become_the_watchdog() {
  ::execl(BAKEOFF_PROGRAM, "bakeoff", "guard", nullptr);
  std::perror(BAKEOFF_PROGRAM);
  return 2;
}

/// argv: the program, kRecordInChild, FILE, SECONDS, and what is GoogleTest's.
int run_cases_in_child(int argc, char** argv) {
  const std::string file = argv[2];
  const auto seconds = static_cast<unsigned>(std::atoi(argv[3]));
  argv[3] = argv[0];
  argc -= 3;
  argv += 3;
  testing::InitGoogleMock(&argc, argv);
  const std::string done = recorded_cases(file);
  if (!done.empty()) {
    const std::string filter = GTEST_FLAG_GET(filter);
    GTEST_FLAG_SET(filter, filter + (filter.find('-') == filter.npos ? "-" : ":") + done);
  }
  testing::UnitTest::GetInstance()->listeners().Append(new Recorder(file, seconds));
  return RUN_ALL_TESTS();
}

std::string description_of(int status, const char* seconds) {
  if (!WIFSIGNALED(status)) return "its process exited with " + std::to_string(WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGALRM) return std::string("it took longer than ") + seconds + " s";
  return std::string("it was killed by signal ") + std::to_string(WTERMSIG(status)) + ", " +
         ::strsignal(WTERMSIG(status));
}

/// argv: the program, kRecord, FILE, SECONDS, and what is GoogleTest's.
int record_cases(char** argv) {
  const std::string file = argv[2];
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::filesystem::remove(file);
  std::string option(kRecordInChild);
  argv[1] = option.data();
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  bool failed = false;
  for (;;) {
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execv(program.c_str(), argv);
      ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    const std::string record = std::filesystem::exists(file) ? contents_of(file) : "";
    const bool in_a_case = !record.empty() && record.back() != '\n';
    failed = failed || status != 0;
    if (!in_a_case) {
      const bool told = record.find(" status=\"fail\"") != record.npos;
      // A leak, for example, that is found when the process ends.
      if (status != 0 && !told)
        append(file, begin_of_line("Process", "Ends") + end_of_failed(description_of(status, argv[3])));
      // A filter that selects nothing, for example: a test of ctest that ran no case has not passed.
      if (status == 0 && record.empty()) {
        append(file, begin_of_line("Process", "RunsACase") + end_of_failed("no case ran"));
        failed = true;
      }
      return failed ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    failed = true;
    const std::string why = description_of(status, argv[3]);
    append(file, end_of_failed(why));
    const std::string line = record.substr(record.rfind('\n') + 1);  // npos + 1 is 0.
    std::fprintf(stderr, "[  FAILED  ] %s: %s\n", line.c_str(), why.c_str());
  }
}

}  // namespace
}  // namespace bakeoff::test

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "guard") return bakeoff::test::become_the_watchdog();
  const std::string_view how = argc > 3 ? argv[1] : "";
  if (how == bakeoff::test::kRecord) return bakeoff::test::record_cases(argv);
  if (how == bakeoff::test::kRecordInChild) return bakeoff::test::run_cases_in_child(argc, argv);
  return bakeoff::test::run_cases(argc, argv);
}
