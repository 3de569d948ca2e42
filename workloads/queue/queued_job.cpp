#include "workloads/queue/queued_job.h"

#include <array>

#include "workloads/integer.h"
#include "workloads/work.h"

namespace bakeoff::workloads::queue {
namespace {

constexpr std::string_view kWait = "wait", kWork = "work", kBefore = "before", kAfter = "after";

/// The words of a text between single spaces, as many as are wanted; nullopt for any other number.
template <std::size_t Count>
std::optional<std::array<std::string_view, Count>> words_of(std::string_view text) {
  std::array<std::string_view, Count> words;
  for (std::size_t i = 0; i < Count; ++i) {
    const std::size_t end = text.find(' ');
    if ((end == text.npos) != (i + 1 == Count)) return std::nullopt;
    words[i] = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return words;
}

}  // namespace

std::string_view name_of(Acknowledge acknowledge) {
  return acknowledge == Acknowledge::before ? kBefore : kAfter;
}

std::optional<Acknowledge> acknowledge_named(std::string_view name) {
  if (name == kBefore) return Acknowledge::before;
  if (name == kAfter) return Acknowledge::after;
  return std::nullopt;
}

std::string to_text(const QueuedJob& job) {
  std::string text(Digits(job.id).view());
  text.append(" ").append(job.kind == QueuedJob::Kind::wait ? kWait : kWork).append(" ");
  return text.append(Digits(job.amount).view());
}

std::optional<QueuedJob> parse_job(std::string_view text) {
  const auto words = words_of<3>(text);
  if (!words) return std::nullopt;
  const auto id = parse_unsigned((*words)[0]), amount = parse_unsigned((*words)[2]);
  const bool waits = (*words)[1] == kWait;
  if (!id || !amount || (!waits && (*words)[1] != kWork)) return std::nullopt;
  if (*amount > (waits ? kMostWaitUs : kMostRounds)) return std::nullopt;
  return QueuedJob{.id = *id, .kind = waits ? QueuedJob::Kind::wait : QueuedJob::Kind::work, .amount = *amount};
}

std::uint64_t answer_of(const QueuedJob& job) {
  return job.kind == QueuedJob::Kind::wait ? job.amount : run({.rounds = job.amount, .seed = job.amount});
}

std::string to_text(const JobRecord& record) {
  std::string text(Digits(record.id).view());
  for (const std::uint64_t number : {record.taken_ns, record.finished_ns, record.answer}) {
    text.append(" ").append(Digits(number).view());
  }
  return text;
}

std::optional<JobRecord> parse_record(std::string_view text) {
  const auto words = words_of<4>(text);
  if (!words) return std::nullopt;
  std::array<std::uint64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_unsigned((*words)[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return JobRecord{.id = numbers[0], .taken_ns = numbers[1], .finished_ns = numbers[2], .answer = numbers[3]};
}

}  // namespace bakeoff::workloads::queue
