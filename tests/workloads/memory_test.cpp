// What an idle connection costs: the session and what it keeps. Thousands of them must not matter.
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/workloads/conversation.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BAKEOFF_OWN_HEAP 0
#else
#define BAKEOFF_OWN_HEAP 1
#endif

namespace bakeoff::workloads {
namespace {

struct Idle {
  std::string_view workload;
  std::string request;
  std::size_t most_bytes;
};

double heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

/// Heap bytes of one connection that has been used, in pieces, and is silent now.
double bytes_per_connection(const Idle& idle) {
  constexpr int kConnections = 2000;
  const auto service = make_service(idle.workload, StoreKind::unshared);
  std::vector<std::unique_ptr<ServerSession>> sessions;
  sessions.reserve(kConnections);
  std::string replies;
  replies.reserve(4 * 1024 * 1024);
  // The first one fills what all share.
  auto first = service->connect();
  first->feed(idle.request, replies);
  const double before = heap_bytes();
  for (int i = 0; i < kConnections; ++i) {
    sessions.push_back(service->connect());
    const std::string_view request = idle.request;
    const std::size_t half = request.size() / 2;
    sessions.back()->feed(request.substr(0, half), replies);
    sessions.back()->feed(request.substr(half), replies);
    replies.clear();
  }
  return (heap_bytes() - before) / kConnections;
}

TEST(Memory, AnIdleConnectionIsSmall) {
  if (!BAKEOFF_OWN_HEAP) GTEST_SKIP() << "a sanitizer has its own heap";
  const std::string http = "GET /id/5 HTTP/1.1\r\nHost: a\r\nAccept: " + std::string(2000, 'x') + "\r\n\r\n";
  std::string large = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + std::string(100000, 'v') + "\r\n";
  std::string many = "*1001\r\n$6\r\nEXISTS\r\n";
  for (int i = 0; i < 1000; ++i) many += "$3\r\nkey\r\n";
  const Idle idle[] = {
      {"echo", std::string(64, 'e'), 600},
      {"http", http, 700},
      {"counter", "*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n", 600},
      {"counter", large, 600},
      {"counter", many, 600},
      {"counter", "ECHO " + std::string(1000, 'x') + "\r\n", 600},
  };
  for (const Idle& one : idle) {
    const double bytes = bytes_per_connection(one);
    RecordProperty(std::string(one.workload) + "_bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, static_cast<double>(one.most_bytes)) << one.workload << ' ' << one.request.substr(0, 40);
  }
}

}  // namespace
}  // namespace bakeoff::workloads
