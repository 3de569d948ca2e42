// Jobs in a queue, and the records of those that were done, as text: what lies in the lists of a Redis server
// (PROTOCOLS.md, jobs of a queue). The amount of a job was drawn by the one who put it there, so that every worker,
// ours or foreign, gets the same sequence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bakeoff::workloads::queue {

/// The lists. Jobs come to the end of kJobsList and are taken from its front.
inline constexpr std::string_view kJobsList = "jobs";
inline constexpr std::string_view kRecordsList = "records";
/// Before the name of a worker, "PROCESS:NUMBER": the list of what that worker has taken and not acknowledged yet.
inline constexpr std::string_view kTakenPrefix = "taken:";

/// The most of one job. A worker that is told to stop has time for no more.
inline constexpr std::uint64_t kMostWaitUs = 1'000'000;
inline constexpr std::uint64_t kMostRounds = 500'000'000;

/// When a job is acknowledged, that is, no longer in any list but that of the records.
enum class Acknowledge : std::uint8_t {
  before,  ///< As it is taken: a worker that dies has lost it. At most once.
  after,   ///< When it is recorded: what a dead worker had taken can be put back. At least once.
};
std::string_view name_of(Acknowledge acknowledge);
std::optional<Acknowledge> acknowledge_named(std::string_view name);

struct QueuedJob {
  enum class Kind : std::uint8_t { wait, work };
  std::uint64_t id = 0;
  Kind kind = Kind::wait;
  std::uint64_t amount = 0;  ///< Microseconds to wait, or rounds of the work (work.h).
};

/// "17 wait 2040"
std::string to_text(const QueuedJob& job);
/// nullopt for what is no such text, and for more than one job may have.
std::optional<QueuedJob> parse_job(std::string_view text);

/// What the job has to answer: the microseconds that it waited, or the answer of its work. Blocks for as long as the
/// work takes.
std::uint64_t answer_of(const QueuedJob& job);

/// What a worker writes down when a job is done. Times are of CLOCK_REALTIME, which every language can read.
struct JobRecord {
  std::uint64_t id = 0;
  std::uint64_t taken_ns = 0, finished_ns = 0;
  std::uint64_t answer = 0;
};

/// "17 1700000000000000000 1700000000002040000 2040"
std::string to_text(const JobRecord& record);
std::optional<JobRecord> parse_record(std::string_view text);

}  // namespace bakeoff::workloads::queue
