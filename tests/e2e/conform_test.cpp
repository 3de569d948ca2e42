// bakeoff conform and bakeoff prepare, on subjects whose faults are known.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/foreign_server_fixture.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Conform, OfAModelFindsNothing) {
  const auto result = bakeoff_call({"conform", "threads", "-c", "20"});
  EXPECT_EQ(result.status, 0) << result.output << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("threads echo: "), HasSubstr("threads http: "),
                                   HasSubstr("threads counter: "), HasSubstr("all as it should be")));
}

TEST(Conform, OfUnitsThatTakeMemoryKeepsTheCrowdWithinIt) {
  if (!std::filesystem::exists("/usr/bin/python3")) GTEST_SKIP() << "python3 is not installed";
  const subjects::ScratchFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  for (const char* name : {"back_end.py", "facts.py", "server.py"}) {
    std::filesystem::copy_file(std::filesystem::path(BAKEOFF_SOURCE_DIR "/reference/runtimes/python") / name,
                               folder.path() / name);
  }
  test::write_text(folder.path() / "subject.toml", R"(name = "crowded"
like = "prefork"
says_ready = true
memory_mib = 400
start = ["@python3@", "server.py", "prefork", "@workload@", "--port", "@port@", "--units", "@units@"]
[needs]
python3 = { package = "python3", folders = ["/usr/bin"] }
[files]
"facts.py" = "facts.py"
"back_end.py" = "back_end.py"
"server.py" = "server.py"
[units]
unit = "process"
meaning = "processes, which take a connection at a time each"
hold_connections = true
most = 4096
[serves]
echo = ["*"]
)");
  const auto result = bakeoff_call({"conform", folder.path()});
  EXPECT_EQ(result.status, 0) << result.output << result.errors;
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("crowded: "), HasSubstr(" connections at once instead of 1000: each takes "),
                    HasSubstr("and all may have 200 MiB")));
}

/// A server that answers every request alike and says nothing of what it is.
struct WrongServer : subjects::ScratchFolder {
  WrongServer() {
    ::chmod(path().parent_path().c_str(), 0755);
    ::chmod(path().c_str(), 0755);
    test::write_text(path() / "wrong" / "server.py", R"(
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print('{"ready": true, "port": %d, "runtime": {"name": "wrong", "version": "1"}}' % int(sys.argv[1]), flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(1)
        try:
            while connection.recv(4096):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")
        except OSError:
            pass
)");
    test::write_text(path() / "wrong" / "subject.toml", R"(name = "wrong"
like = "sequential"
says_ready = true
start = ["@python3@", "server.py", "@port@"]
[needs]
python3 = { package = "python3", folders = ["/usr/bin"] }
[files]
"server.py" = "server.py"
[serves]
http = ["/"]
)");
  }
};

TEST(Conform, SaysInOneGoWhatASubjectDoesNotDo) {
  const WrongServer server;
  const auto result = bakeoff_call({"conform", server.path() / "wrong", "-c", "1", "--format", "json"});
  if (result.output.find("\"not_tried\"") != std::string::npos) GTEST_SKIP() << result.output;
  EXPECT_EQ(result.status, 1) << result.errors;
  const auto document = nlohmann::json::parse(result.output);
  ASSERT_EQ(document.size(), 1U);
  EXPECT_EQ(document[0].at("workload"), "http");
  std::string all;
  for (const auto& complaint : document[0].at("complaints")) {
    all += complaint.at("check").get<std::string>() + ": " + complaint.at("came").get<std::string>() + "\n";
  }
  EXPECT_THAT(all, AllOf(HasSubstr("GET /: a reply without Date"), HasSubstr("HEAD: "),
                         HasSubstr("a hundred requests at once")));
}

TEST(Conform, OfWhatIsNotThereSaysWhy) {
  const auto result = bakeoff_call({"conform", "freethreaded-threads", "--workloads", "echo"});
  if (result.status == 0) GTEST_SKIP() << "it is there";
  EXPECT_EQ(result.output,
            "freethreaded-threads echo: not tried: needs python3.14t or python3.13t (build CPython 3.13 or later with "
            "./configure --disable-gil)\n");
}

TEST(Prepare, SaysWhatIsReadyAndWhatIsNot) {
  EXPECT_EQ(bakeoff_call({"prepare", "threads"}).output, "threads: has nothing to build\n");
  const auto unknown = bakeoff_call({"prepare", "nosuch"});
  EXPECT_EQ(unknown.status, 2);
}

}  // namespace
}  // namespace bakeoff::e2e
