#include "harness/experiment/companion.h"

#include <fmt/format.h>

#include <utility>

#include "harness/measure/process_tree.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

/// The same error, about this server: errors of servers speak of the subject.
CompanionError as_companion(const std::string& name, const subjects::SubjectError& error) {
  const std::string what = error.what();
  const std::string said =
      what.starts_with(subjects::kOfTheSubject) ? " " + what.substr(subjects::kOfTheSubject.size()) : ": " + what;
  const bool limit = error.outcome == journal::Outcome::limit;
  return {limit ? error.outcome : journal::Outcome::not_run, fmt::format("beside the subject: {}{}", name, said)};
}

journal::Trial row_of(const std::string& name, const std::string& workload, const journal::Params& params,
                      const std::vector<int>& cpus) {
  journal::Trial row;
  row.subject = name;
  row.workload = workload;
  row.params = params;
  row.subject_cpus = row.load_cpus = cpus;
  return row;
}

/// Throws CompanionError where it is not started at all, before anything is made for it.
const subjects::Subject& startable(const subjects::Subject& subject, const std::string& workload,
                                   const journal::Params& params) {
  const std::string why =
      workload.empty() ? subjects::why_not_there(subject) : subjects::why_not_started(subject, workload, params);
  if (!why.empty()) {
    throw CompanionError(journal::Outcome::not_run, fmt::format("beside the subject: {} {}", subject.name, why));
  }
  return subject;
}

}  // namespace

Companion::Companion(const subjects::Subject& subject, const std::string& workload, const journal::Params& params,
                     const std::vector<int>& cpus, std::function<std::string(std::uint16_t port)> ask)
    : name_(subject.name),
      row_(row_of(subject.name, workload, params, cpus)),
      environment_(startable(subject, workload, params), params) {
  try {
    ServeSite site = environment_.site();
    site.ask = std::move(ask);
    served_ = start_subject(row_, subject, site);
  } catch (const subjects::SubjectError& error) {
    throw as_companion(name_, environment_.limit().explain(error));
  }
  port_ = served_->server().port();
  pid_ = served_->server().pid();
}

Companion::~Companion() = default;

std::optional<double> Companion::cpu_us() const {
  if (const auto reading = environment_.cgroup().read_cpu()) return reading->total_us;
  if (!served_) return std::nullopt;
  double sum_ns = 0;
  for (const auto& [id, task] : measure::measure_use(environment_.processes(pid_)).tasks) {
    if (!task.cpu_ns) return std::nullopt;
    sum_ns += static_cast<double>(*task.cpu_ns);
  }
  return sum_ns / 1e3;
}

void Companion::expect_alive() {
  if (!served_) return;
  try {
    served_->server().expect_alive();
  } catch (const subjects::SubjectError& error) {
    throw as_companion(name_, environment_.limit().explain(error));
  }
}

std::string Companion::stop() {
  if (!served_) return "";
  served_->stop(row_);
  served_.reset();
  return row_.outcome_detail.empty() ? "" : fmt::format("beside the subject: {}: {}", name_, row_.outcome_detail);
}

}  // namespace bakeoff::experiment
