#include "workloads/file_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

std::string whole_file(std::uint64_t file, std::uint64_t size) {
  std::string bytes;
  append_file_part(bytes, file, size, 0, size);
  return bytes;
}

TEST(FileSet, AFileBeginsWithItsNumberAndItsSize) {
  EXPECT_TRUE(whole_file(7, 51200).starts_with("7 51200\n"));
  EXPECT_EQ(whole_file(7, 51200).size(), 51200U);
  EXPECT_EQ(whole_file(123456, 3), "123");  // What does not fit is cut off.
  EXPECT_EQ(whole_file(7, 0), "");
}

TEST(FileSet, AFileIsTheSameInWhateverPartsItIsMadeOrChecked) {
  constexpr std::uint64_t kSize = 200'000;  // More than the pattern is long.
  const std::string whole = whole_file(9, kSize);
  std::string parts;
  for (std::uint64_t from = 0, length = 1; from < kSize; from += length, length = length * 3 % 70'001) {
    length = std::min(length, kSize - from);
    append_file_part(parts, 9, kSize, from, length);
    EXPECT_TRUE(is_file_part(9, kSize, from, std::string_view(whole).substr(from, length))) << from;
  }
  EXPECT_EQ(parts, whole);
}

TEST(FileSet, AnyOtherByteIsSeenAndEveryOtherFileToo) {
  std::string bytes = whole_file(4, 1000);
  EXPECT_TRUE(is_file_part(4, 1000, 0, bytes));
  EXPECT_FALSE(is_file_part(5, 1000, 0, bytes));
  EXPECT_FALSE(is_file_part(4, 1001, 0, bytes));
  EXPECT_FALSE(is_file_part(4, 1000, 1, std::string_view(bytes).substr(0, 10)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    EXPECT_FALSE(is_file_part(4, 1000, 0, bytes)) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
  }
  EXPECT_FALSE(is_file_part(4, 999, 0, bytes));  // Longer than the file.
  EXPECT_FALSE(is_file_part(4, 10, 11, ""));
}

TEST(FileSet, NoTwoFilesHaveTheSameBytesInTheSamePlace) {
  const std::string one = whole_file(1, 4096), other = whole_file(2, 4096);
  EXPECT_NE(one.substr(100, 64), other.substr(100, 64));
}

TEST(FileSet, SizesFollowTheirShapeAndAreTheSameEveryTime) {
  const FileSizes fixed({.count = 10, .bytes = "fixed:51200"});
  EXPECT_EQ(fixed.total(), 512'000U);
  const FileSizes sizes({.count = 2000, .bytes = "lognormal:8000,1"});
  const FileSizes again({.count = 2000, .bytes = "lognormal:8000,1"});
  const FileSizes other({.count = 2000, .bytes = "lognormal:8000,1", .seed = 2});
  int below_median = 0, same_as_other = 0;
  for (std::uint64_t file = 0; file < 2000; ++file) {
    EXPECT_EQ(sizes.bytes(file), again.bytes(file));
    EXPECT_LE(sizes.bytes(file), kLargestFile);
    below_median += sizes.bytes(file) < 8000 ? 1 : 0;
    same_as_other += sizes.bytes(file) == other.bytes(file) ? 1 : 0;
  }
  EXPECT_NEAR(below_median, 1000, 100);
  EXPECT_LT(same_as_other, 20);
}

TEST(FileSet, WhatIsNoSetIsRefusedInOneLine) {
  const auto refusal = [](const FileSet& set) -> std::string {
    try {
      const FileSizes sizes(set);
      return "";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  EXPECT_EQ(refusal({.count = 0}), "files: their number is from 1 to 1000000, found 0");
  EXPECT_EQ(refusal({.count = 1'000'001}), "files: their number is from 1 to 1000000, found 1000001");
  EXPECT_EQ(refusal({.bytes = "fixed:2097153"}),
            "files: a size is a whole number of bytes up to 2097152, found \"2097153\"");
  EXPECT_EQ(refusal({.bytes = "5k"}),
            "files: a size is drawn fixed:BYTES, exponential:MEAN_BYTES or lognormal:MEDIAN_BYTES,SIGMA, found \"5k\"");
}

constexpr std::string_view kHost = " HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Files, AreServedWholeBehindTheRepliesBeforeThem) {
  const auto service = make_service("http");
  {
    Conversation server(*service);
    const std::string get(kHost);
    EXPECT_EQ(server.say("GET /id/1" + get + "GET /file/2" + get + "GET /id/3" + get),
              http_reply("200 OK", "1") + http_reply("200 OK", whole_file(2, 6)) + http_reply("200 OK", "3"));
    EXPECT_EQ(server.steps().size(), 2U);
  }
  EXPECT_EQ(service->receipt().files, 1U);
  EXPECT_EQ(service->receipt().bytes_sent,
            2 * http_reply("200 OK", "1").size() + http_reply("200 OK", whole_file(2, 6)).size());
}

TEST(Files, ThatAreNotThereAreNotFoundAndNoPathLeavesTheSet) {
  const auto service = make_service("http");
  Conversation server(*service);
  const std::string get(kHost);
  EXPECT_EQ(server.say("GET /file/3" + get), http_reply("404 Not Found", "Not Found"));
  for (const std::string name : {"", "..", "../etc/passwd", "0/", "00", "0%2e", "-1", "18446744073709551616"}) {
    EXPECT_EQ(server.say("GET /file/" + name + get), http_reply("400 Bad Request", "Bad Request")) << name;
  }
  EXPECT_EQ(server.steps().size(), 1U);  // Of all these, only the number was looked for.
}

TEST(Files, OfAHeadRequestStayWhereTheyAre) {
  const auto service = make_service("http");
  Conversation server(*service);
  const std::string whole = http_reply("200 OK", whole_file(1, 6));
  EXPECT_EQ(server.say("HEAD /file/1" + std::string(kHost)), whole.substr(0, whole.size() - 6));
  ASSERT_EQ(server.steps().size(), 1U);
  EXPECT_EQ(server.steps()[0].want, Step::Want::open_file);
}

TEST(Files, ThatAreEmptyTakeNoSending) {
  const auto service = make_service("http");
  Conversation server(*service, {.count = 1, .bytes = "fixed:0"});
  EXPECT_EQ(server.say("GET /file/0" + std::string(kHost)), http_reply("200 OK", ""));
  EXPECT_EQ(server.steps().size(), 1U);
}

TEST(Files, ThatCannotBeOpenedAreAServersError) {
  const auto service = make_service("http");
  const auto session = service->connect();
  std::string replies;
  EXPECT_EQ(session->feed("GET /file/0" + std::string(kHost), replies).want, Step::Want::open_file);
  EXPECT_EQ(session->resume(kFileFailed, replies).want, Step::Want::input);
  EXPECT_EQ(replies, http_reply("500 Internal Server Error", "Internal Server Error"));
}

TEST(Files, AConnectionThatIsToCloseClosesBehindTheFile) {
  const auto service = make_service("http");
  Conversation server(*service);
  EXPECT_EQ(server.say("GET /file/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            http_reply("200 OK", whole_file(1, 6), "Connection: close\r\n"));
  EXPECT_TRUE(server.closed());
}

std::unique_ptr<ClientSession> asking(const std::string& request) {
  return find_workload("http")->make_client({.seed = 3, .request = request});
}

TEST(FilesClient, ChecksEveryByteHoweverTheyArrive) {
  const FileSet set{.count = 20, .bytes = "lognormal:900,1"};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, std::size_t{100'000}}) {
    const auto service = make_service("http");
    Conversation server(*service, set);
    const auto client = asking("/file/{zipf:20,0.8}");
    Heard heard;
    for (int batch = 0; batch < 10; ++batch) {
      std::string requests;
      for (int i = 0; i < 5; ++i) client->next_request(requests);
      const std::string replies = server.say(requests);
      for (std::size_t at = 0; at < replies.size(); at += piece) {
        add(heard, client->consume(std::string_view(replies).substr(at, piece)));
      }
    }
    EXPECT_EQ(heard.completed, 50U) << piece;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << client->complaint();
  }
}

TEST(FilesClient, OneWrongByteIsOneWrongAnswer) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100'000}}) {
    const auto service = make_service("http");
    Conversation server(*service, {.count = 3, .bytes = "fixed:5000"});
    const auto client = asking("/file/1");
    Heard heard;
    for (int i = 0; i < 4; ++i) {
      std::string request;
      client->next_request(request);
      std::string reply = server.say(request);
      if (i == 1) reply[reply.size() - 2000] ^= 1;
      for (std::size_t at = 0; at < reply.size(); at += piece) {
        add(heard, client->consume(std::string_view(reply).substr(at, piece)));
      }
    }
    EXPECT_EQ(heard.completed, 4U);
    EXPECT_EQ(heard.wrong, 1U) << piece;
    EXPECT_TRUE(client->complaint().starts_with("expected file 1 of 5000 bytes, from byte ")) << client->complaint();
  }
}

TEST(FilesClient, ACutFileOrAnotherOneIsWrong) {
  const auto client = asking("/file/1");
  const std::string whole = whole_file(1, 600);
  EXPECT_EQ(hear(*client, http_reply("200 OK", whole)).wrong, 0U);
  EXPECT_EQ(hear(*client, http_reply("200 OK", whole.substr(0, 599))).wrong, 1U);
  EXPECT_EQ(hear(*client, http_reply("200 OK", whole_file(2, 600))).wrong, 1U);
  EXPECT_EQ(hear(*client, http_reply("200 OK", whole)).wrong, 0U);
}

TEST(FilesClient, TheVerifierAsksForFilesAndFindsWhatIsWrong) {
  const auto verify = [](const FileSet& served, bool whole) {
    const auto service = make_service("http");
    Conversation server(*service, served);
    const auto verifier = find_workload("http")->make_verifier({.request = "/file/{zipf:10,0.8}", .whole = whole});
    const Heard heard = talk(*verifier, server, 100);
    return heard.wrong != 0 ? verifier->complaint() : std::to_string(heard.completed);
  };
  const std::string asked = verify({.count = 10, .bytes = "fixed:80"}, false);
  EXPECT_THAT(asked, testing::AnyOf("3", "4")) << "what is not there, and the files of the next requests";
  EXPECT_GT(std::stoi(verify({.count = 10, .bytes = "fixed:80"}, true)), 8);
  EXPECT_TRUE(verify({.count = 1, .bytes = "fixed:80"}, false).starts_with("expected status 200 for GET /file/"));
}

TEST(FilesClient, TheFilesOfALoadFollowZipfsLawAndAreThere) {
  const auto client = asking("/file/{zipf:100,1}");
  std::map<std::string, int> asked;
  for (int i = 0; i < 20'000; ++i) {
    std::string request;
    client->next_request(request);
    const std::size_t begin = std::string("GET /file/").size();
    ++asked[request.substr(begin, request.find(' ', begin) - begin)];
  }
  EXPECT_EQ(asked.size(), 100U);
  // The share of file 0 is 1 / H(100) = 1 / 5.187, that of file 9 a tenth of it.
  EXPECT_NEAR(asked["0"], 20'000 / 5.187, 250);
  EXPECT_NEAR(asked["9"], 2'000 / 5.187, 90);
}

}  // namespace
}  // namespace bakeoff::workloads
