#include "workloads/queue/worker_session.h"

#include "workloads/integer.h"

namespace bakeoff::workloads::queue {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

/// The text of the bulk at the front of `reply`, which is then behind it; "" where there is none.
std::string_view take_bulk(std::string_view& reply) {
  const std::size_t end = reply.find(kLineEnd);
  if (reply.empty() || reply.front() != '$' || end == reply.npos) return "";
  const auto size = parse_unsigned(reply.substr(1, end - 1));
  const std::size_t begin = end + kLineEnd.size();
  if (!size || reply.size() - begin < *size) return "";
  const std::string_view text = reply.substr(begin, *size);
  reply.remove_prefix(std::min(reply.size(), begin + *size + kLineEnd.size()));
  return text;
}

std::string first_line(std::string_view reply) {
  return std::string(reply.substr(0, reply.find(kLineEnd)));
}

}  // namespace

std::string_view job_in_reply(std::string_view reply) {
  constexpr std::string_view kPair = "*2\r\n";
  if (reply.starts_with(kPair)) {
    reply.remove_prefix(kPair.size());
    if (take_bulk(reply) != kJobsList) return "";
  }
  return take_bulk(reply);
}

WorkerSession::WorkerSession(std::string_view name, Acknowledge acknowledge, const Clock& clock)
    : taken_list_(std::string(kTakenPrefix).append(name)), acknowledge_(acknowledge), clock_(clock) {}

Step WorkerSession::feed(std::string_view received, std::string& requests) {
  buffered_ += received;
  if (step_.want != Step::Want::input) return step_;
  while (!buffered_.empty() && step_.want == Step::Want::input) {
    const ReplyScanner::ReadStatus status = scanner_.scan(buffered_);
    if (status == ReplyScanner::ReadStatus::more) break;
    if (status != ReplyScanner::ReadStatus::reply) return step_ = fail(buffered_);
    const std::size_t size = scanner_.taken().bytes;
    step_ = take(std::string_view(buffered_).substr(0, size), requests);
    buffered_.erase(0, size);
  }
  return step_;
}

Step WorkerSession::take(std::string_view reply, std::string& requests) {
  if (reply.front() == '-') return fail(reply);
  switch (awaits_) {
    case Awaits::greeting:
      if (reply.front() != '+') return fail(reply);
      ask_for_job(requests);
      return Step::input();
    case Awaits::acknowledgement:
      if (reply.front() != ':') return fail(reply);
      awaits_ = Awaits::job;
      return Step::input();
    case Awaits::job:
      return begin(job_in_reply(reply));
    case Awaits::record:
      if (reply.front() != ':') return fail(reply);
      if (acknowledge_ == Acknowledge::after) append_command(requests, {"LREM", taken_list_, "1", job_text_});
      ask_for_job(requests);
      if (acknowledge_ == Acknowledge::after) awaits_ = Awaits::acknowledgement;
      return Step::input();
    case Awaits::nothing:
      break;
  }
  return fail(reply);
}

void WorkerSession::ask_for_job(std::string& requests) {
  if (acknowledge_ == Acknowledge::after) {
    append_command(requests, {"BLMOVE", kJobsList, taken_list_, "LEFT", "RIGHT", "0"});
  } else {
    append_command(requests, {"BLPOP", kJobsList, "0"});
  }
  awaits_ = Awaits::job;
}

Step WorkerSession::begin(std::string_view text) {
  const auto job = parse_job(text);
  if (!job) return fail(text);
  taken_ns_ = clock_();
  job_ = *job;
  job_text_ = text;
  awaits_ = Awaits::nothing;
  if (job->kind == QueuedJob::Kind::wait) return Step::wait(std::chrono::microseconds(job->amount));
  return Step::compute({.rounds = job->amount, .seed = job->amount});
}

Step WorkerSession::resume(std::string_view result, std::string& requests) {
  if (!error_.empty()) return Step::close();
  JobRecord record{.id = job_.id, .taken_ns = taken_ns_, .finished_ns = clock_(), .answer = job_.amount};
  if (job_.kind == QueuedJob::Kind::work) record.answer = parse_unsigned(result).value_or(0);
  append_command(requests, {"RPUSH", kRecordsList, to_text(record)});
  awaits_ = Awaits::record;
  step_ = Step::input();
  return feed("", requests);
}

Step WorkerSession::fail(std::string_view reply) {
  static constexpr std::string_view kExpected[] = {"+PONG", "a number", "a job", "a number", "nothing"};
  error_ = "the queue sent \"" + first_line(reply) + "\", expected " +
           std::string(kExpected[static_cast<std::size_t>(awaits_)]);
  return Step::close();
}

}  // namespace bakeoff::workloads::queue
