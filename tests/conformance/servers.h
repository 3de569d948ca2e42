// Real servers that tests talk to: redis-server and PostgreSQL, each on a free port, with nothing but a folder of its
// own, which is gone with the object.
// Who waits: the constructors, until the server answers. Start them from the test's main thread only.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/process.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {

/// Where redis-server is on PATH; "" where it is not.
std::string redis_program();

/// redis-server, nothing saved. Stopped by its destructor, by its pid.
class Redis {
 public:
  explicit Redis(const std::string& program);
  ~Redis() { process_.stop(SIGTERM); }
  std::uint16_t port() const { return port_; }

 private:
  static subjects::Process start(const std::string& program, std::uint16_t port, const std::filesystem::path& folder);

  TemporaryFolder folder_;
  std::uint16_t port_;
  subjects::Process process_;
};

/// The folder of PostgreSQL's programs, the newest where there are several; "" where there is none.
std::filesystem::path postgres_programs();

/// PostgreSQL with the user and the database bakeoff, without a password. Run as nobody where the tests are run as
/// root, because it refuses that.
class Postgres {
 public:
  /// `statements` are made in the database before it listens, a line each.
  Postgres(const std::filesystem::path& programs, const std::string& statements);
  ~Postgres() { process_.stop(SIGINT, kPatience); }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  static constexpr std::chrono::milliseconds kPatience{20'000};

  std::filesystem::path data() const { return folder_.path() / "data"; }
  subjects::Process start(std::vector<std::string> argv) const;
  /// Runs a program to its end.
  void run(const std::vector<std::string>& argv, const std::string& input) const;
  subjects::Process serve(const std::filesystem::path& programs, const std::string& statements) const;

  TemporaryFolder folder_;
  std::uint16_t port_;
  subjects::Process process_;
};

}  // namespace bakeoff::conformance
