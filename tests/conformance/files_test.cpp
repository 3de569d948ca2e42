// Files: every model sends them whole and in order by both ways, to readers of any speed, and outlives peers that leave
// in the middle and files that change meanwhile.
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/subjects/file_folder.h"
#include "tests/conformance/connection.h"
#include "tests/conformance/files.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

/// A model and how it sends files.
struct Sender {
  Pairing pairing;
  std::string transfer;  ///< "" where it has one way only.
};

std::ostream& operator<<(std::ostream& out, const Sender& sender) {
  return out << sender.pairing << (sender.transfer.empty() ? "" : " by " + sender.transfer);
}

std::vector<Sender> senders() {
  std::vector<Sender> all;
  for (const Pairing& pairing : pairings_one_at_a_time()) {
    if (pairing.workload->name != "http") continue;
    if (pairing.model.name == "io-uring") {
      all.push_back({pairing, ""});
      continue;
    }
    for (const char* transfer : {"sendfile", "read"}) all.push_back({pairing, transfer});
  }
  return all;
}

class Files : public testing::TestWithParam<Sender> {
 protected:
  ServeArguments serving(std::size_t connections) const {
    ServeArguments serving = GetParam().pairing.serving(connections);
    if (!GetParam().transfer.empty()) serving.settings.push_back("files=" + GetParam().transfer);
    return serving;
  }
  const workloads::WorkloadEntry& http() const { return *GetParam().pairing.workload; }
};

std::string head_end(const std::string& reply) {
  const auto end = reply.find("\r\n\r\n");
  return end == std::string::npos ? "" : reply.substr(end + 4);
}

TEST_P(Files, ArriveWholeAndAreCountedOnBothSides) {
  RunningSubject subject(serving(2));
  {
    CheckingClient one(http(), subject.port(), 1, "/file/{zipf:6,0.5}");
    one.rounds(40);
  }
  {
    CheckingClient other(http(), subject.port(), 2, "/{mix: 1 file zipf:6,0, 1 id, 1 work 1000}");
    for (int i = 0; i < 30; ++i) other.ask();  // Sent ahead: files among other replies, in order.
    other.await();
  }
  const Receipt receipt = subject.stop();
  ASSERT_TRUE(receipt.files);
  EXPECT_GT(*receipt.files, 40U);
  EXPECT_LT(*receipt.files, 70U);
  EXPECT_EQ(receipt.requests, 70U);
}

TEST_P(Files, ReachAReaderWhoTakesHisTime) {
  RunningSubject subject(serving(2));
  Connection slow(subject.port(), 4096);
  ASSERT_TRUE(slow.send(get("/file/0") + get("/file/2") + get("/id/7")));
  const workloads::FileSizes sizes(kFiles);
  std::string expected;
  workloads::append_file_part(expected, 0, sizes.bytes(0), 0, sizes.bytes(0));
  std::string reply;
  while (head_end(reply).size() < expected.size()) {
    const std::string more = slow.receive_some();
    ASSERT_FALSE(more.empty()) << "after " << reply.size() << " bytes";
    reply += more;
    if (reply.size() < 300'000 && !GetParam().pairing.model.one_at_a_time()) {
      // Meanwhile another is served.
      CheckingClient(http(), subject.port(), 3, "/id/{k}").rounds(1);
    }
  }
  EXPECT_TRUE(head_end(reply).starts_with(expected));
  const Expected rest = expected_answer(http(), get("/file/2") + get("/id/7"));
  const std::size_t have = head_end(reply).size() - expected.size();
  EXPECT_EQ(mask_dates(head_end(reply).substr(expected.size()) + slow.receive(rest.replies.size() - have)),
            mask_dates(rest.replies));
  slow.close();
  subject.stop();
}

TEST_P(Files, APeerWhoLeavesInTheMiddleEndsNobodyElse) {
  RunningSubject subject(serving(3));
  for (int i = 0; i < 3; ++i) {
    Connection leaving(subject.port(), 4096);
    std::string requests;
    for (int k = 0; k < 10; ++k) requests += get("/file/0");
    ASSERT_TRUE(leaving.send(requests));
    EXPECT_FALSE(leaving.receive_some().empty());
    i == 0 ? leaving.close() : leaving.reset();
  }
  CheckingClient(http(), subject.port(), 1, "/file/{zipf:6,0.5}").rounds(10);
  subject.stop();
}

TEST_P(Files, AFileThatShrinksMeanwhileEndsItsConnectionAndNothingElse) {
  const TemporaryFolder folder;
  subjects::make_files(folder.path(), {.count = 2, .bytes = "fixed:2097152"});
  ServeArguments small = serving(2);
  small.files = folder.path();
  RunningSubject subject(small);
  {
    Connection slow(subject.port(), 4096);
    std::string requests;
    for (int k = 0; k < 8; ++k) requests += get("/file/0");  // More than the sockets between us hold.
    // It may shrink between two replies: then those that follow are short, and nothing is wrong with the connection.
    requests += "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    ASSERT_TRUE(slow.send(requests));
    EXPECT_FALSE(slow.receive_some().empty());
    std::filesystem::resize_file(folder.path() / "file/0", 1000);
    const std::string all = slow.receive_until_end();
    EXPECT_LT(all.size(), 8UL * 2097152);
  }
  CheckingClient(http(), subject.port(), 1, "/file/1").rounds(3);
  subject.stop();
}

TEST_P(Files, StopsInTheMiddleOfOne) {
  RunningSubject subject(serving(2));
  Connection stuck(subject.port(), 4096);
  std::string requests;
  for (int k = 0; k < 8; ++k) requests += get("/file/0");
  ASSERT_TRUE(stuck.send(requests));
  EXPECT_FALSE(stuck.receive_some().empty());
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, Files, testing::ValuesIn(senders()), [](const auto& test) {
  std::ostringstream name;
  name << test.param;
  return parameter_name(name.str());
});

}  // namespace
}  // namespace bakeoff::conformance
