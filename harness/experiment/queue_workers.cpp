#include "harness/experiment/queue_workers.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/measure/plain_text.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/runtime_facts.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kWorkersReadyTimeout = 20s;  ///< A runtime compiles and warms up first.
constexpr auto kWorkersReadyPerUnit = 5ms;  ///< Added per unit: a fork takes a tenth of it on a quiet machine.
constexpr auto kWorkersStopGrace = 2s;
constexpr auto kGoneTimeout = 5s;  ///< For the end of a process that was sent SIGKILL.

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// Whether the process is there and no zombie.
bool is_living(pid_t pid) {
  return measure::measure_size({pid}).processes != 0;
}

bool says_ready(const std::string& line) {
  const auto said = nlohmann::json::parse(line, nullptr, false);
  return said.is_object() && said.contains("ready") && said.at("ready") == true;
}

std::optional<journal::ServerReceipt> receipt_in(const std::string& line) {
  const auto said = nlohmann::json::parse(line, nullptr, false);
  if (!said.is_object() || !said.contains("receipt") || !said.at("receipt").is_object()) return std::nullopt;
  const auto& object = said.at("receipt");
  const auto number = [&](const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_unsigned() ? std::optional(found->get<std::uint64_t>())
                                                                : std::nullopt;
  };
  journal::ServerReceipt receipt;
  receipt.units_created = number("units_created");
  receipt.peak_live_units = number("peak_live_units");
  if (const auto settings = object.find("settings"); settings != object.end() && settings->is_object()) {
    for (const auto& [name, value] : settings->items()) {
      if (value.is_string())
        receipt.settings[measure::plain_line(name)] = measure::plain_line(value.get<std::string>());
    }
  }
  return receipt;
}

subjects::Command worker_command_of(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site,
                                    const std::string& queue) {
  subjects::Command command =
      subject.foreign ? subjects::prepare_foreign_work(subject, row.params, row.subject_cpus.size(), site.folder, queue)
                      : subjects::command_to_work(subject, row.params, queue);
  if (subject.foreign) subjects::require_reachable(command, site.folder);
  command.cpus = row.subject_cpus;
  command.join = site.join;
  return command;
}

void note_more(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

QueueWorkers::QueueWorkers(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site,
                           const std::string& queue)
    : subject_(subject),
      units_(row.params.units.value_or(1)),
      command_(worker_command_of(row, subject, site, queue)),
      before_(measure::descendants(::getpid())) {
  command_.error_file = site.folder / "workers";
  if (subject.foreign) {
    watchdog_ = std::make_unique<subjects::Watchdog>(row.load_cpus);
    watchdog_->watch_folder(site.folder);
    for (const auto& procs : site.join) watchdog_->watch_cgroup(procs);
    before_ = measure::descendants(::getpid());
  }
  start();
  if (site.started) site.started(pid());
}

QueueWorkers::~QueueWorkers() {
  process_.reset();
  subjects::kill_orphans(before_);
}

void QueueWorkers::start() {
  subjects::Command command = command_;
  // The file of a program that is not ours must not have been there before.
  command.error_file += fmt::format("-{}", ++starts_);
  const auto begin = Clock::now();
  try {
    process_.emplace(subjects::Process::start(command));
  } catch (const subjects::CannotExecute& error) {
    throw subjects::not_executed(command, error);
  }
  if (watchdog_) watchdog_->watch_group(pid());
  const auto until = begin + kWorkersReadyTimeout + kWorkersReadyPerUnit * units_;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const auto line = process_->read_line(std::max(left, 0ms));
    if (subjects::interrupted) throw subjects::Interrupted();
    if (line && says_ready(*line)) {
      if (!runtime_) runtime_ = subjects::runtime_in(*line);
      break;
    }
    if (line) continue;
    expect_alive();
    if (left > 0ms && !process_->output_ended()) continue;
    throw subjects::SubjectError(journal::Outcome::died,
                                 R"(its workers are not ready: it has not printed {"ready":true})");
  }
  startup_ms_ = milliseconds_since(begin);
}

void QueueWorkers::expect_alive() {
  // Its output ending is seen a moment before its end can be waited for.
  const auto ended = process_->wait(process_->output_ended() ? 1000ms : 0ms);
  if (!ended) return;
  throw subjects::explain_end(*ended, *process_, false);
}

QueueWorkers::Kill QueueWorkers::kill_one(std::uint64_t draw) {
  std::vector<pid_t> others = measure::descendants(pid());
  std::erase_if(others, [this](pid_t one) { return one == pid() || !is_living(one); });
  if (others.empty()) {
    const Kill kill{.process = pid(), .program = true};
    process_->stop(SIGKILL, kGoneTimeout);
    return kill;
  }
  std::ranges::sort(others);
  const Kill kill{.process = others[draw % others.size()]};
  ::kill(kill.process, SIGKILL);
  const auto until = Clock::now() + kGoneTimeout;
  while (is_living(kill.process) && Clock::now() < until && !subjects::interrupted) ::usleep(1000);
  return kill;
}

void QueueWorkers::restart() {
  process_.reset();
  start();
}

void QueueWorkers::stop(journal::Trial& row) {
  const auto begin = Clock::now();
  const int signal = subject_.foreign ? subject_.foreign->stop_signal : SIGTERM;
  const std::chrono::milliseconds grace =
      (subject_.foreign ? subject_.foreign->grace : kWorkersStopGrace) + 1ms * units_;
  const subjects::ExitResult ended = process_->stop(signal, grace);
  const double stop_ms = milliseconds_since(begin);
  while (const auto line = process_->read_line(0ms)) {
    if (auto receipt = receipt_in(*line)) row.server_receipt = receipt;
  }
  if (row.subject_cost) row.subject_cost->stop_ms = stop_ms;
  if (ended.killed)
    note_more(row.outcome_detail, fmt::format("it did not end within {} ms and was killed", grace.count()));
  if (!subject_.foreign && !ended.killed && !(ended.exited && ended.status == 0)) {
    row.outcome = journal::Outcome::died;
    note_more(row.outcome_detail, "when told to stop it " + ended.describe());
  }
  const auto orphans = ended.killed ? 0 : static_cast<std::size_t>(ended.orphans);
  const std::size_t left = subjects::kill_orphans(before_) + orphans;
  if (left != 0) note_more(row.outcome_detail, subjects::left_behind(left));
}

}  // namespace bakeoff::experiment
