// The trial of a server under a load, ours or foreign: start, ready, verify, connect, warm up, measure, stop. Measured
// by itself in one window, or in slices beside others (sliced_block.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/experiment/back_end_server.h"
#include "harness/experiment/connection_memory.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/spec.h"
#include "harness/experiment/subject_reading.h"
#include "harness/experiment/trial_environment.h"
#include "harness/experiment/trial_result.h"
#include "harness/journal/trial.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_quota.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// What stands beside the subject.
struct TrialNeeds {
  std::filesystem::path files{};  ///< The root of the files that its requests ask for; "" where they ask for none.
  std::shared_ptr<BackEndServer> back_end{};  ///< What it calls; nullptr where it calls none.
};

/// One served trial, stage by stage: start(), then measure_whole(), or begin_slices(), measure_slice() again and again
/// and end_slices(), then stop(). Each blocks, and throws SubjectError, LoadError, Interrupted, or std::system_error
/// for what the harness cannot do itself; after a LoadError only stop() may follow, after others nothing. What has been
/// measured until then stays in `trial`.
class ServedTrial {
 public:
  /// `trial.row` brings its identity, params and CPUs. All arguments but `needs` outlive this.
  ServedTrial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject, TrialNeeds needs);
  /// Ends what stop() has not ended, and leaves nothing behind.
  ~ServedTrial();
  ServedTrial(const ServedTrial&) = delete;

  /// Starts the subject. `earlier` rows tell whether it fits into memory.
  void start(std::span<const journal::Trial> earlier);

  /// Connects the load; the table's warm-up and window.
  void measure_whole();

  /// Connects the load; the table's warm-up. In a block all subjects are warmed up before the first slice.
  void begin_slices();
  /// A slice of `length_s`, after `cold_s` of load that is not counted, while what the others have left in the caches
  /// goes. `round` and `place` are kept in the row. False when the subject still owed replies after its time: it takes
  /// no part in further slices.
  bool measure_slice(std::uint64_t round, std::uint64_t place, double cold_s, double length_s);
  /// Enters what was measured; the connections stay open, since the others' memory is read too before any is stopped.
  void end_slices();

  /// Closes the connections; blocks until the agents have gone.
  void close_load();
  /// Closes the connections if they are open, lets the subject rest where the table says so, stops it and enters what
  /// became of it.
  void stop();

  /// A load that could not be made or was lost, as the row's outcome. Throws SubjectError where the subject's own death
  /// explains it better.
  void note_load_error(const load::LoadError& error);
  /// A failure of the subject in the light of what is known here: its memory limit.
  subjects::SubjectError explain(const subjects::SubjectError& error) { return environment_.limit().explain(error); }

 private:
  /// One slice as it was measured.
  struct Slice {
    load::LoadWindow load;
    SubjectReading rest_end;  ///< Before its load began; its CPU only.
    SubjectReading before, after;
  };

  void expect_to_fit(std::span<const journal::Trial> earlier);
  void prepare_page_cache(std::string_view state);
  std::vector<pid_t> processes() const { return environment_.processes(served_->server().pid()); }
  void connect(bool report_windows);
  void warm_up();
  void measure_to_last_reply();
  void note_slices(load::AgentResult& result);
  void note_rest(journal::SubjectRow& cost) const;
  void note_measured(const load::AgentResult& result, journal::SubjectRow cost, const SubjectUse& use);
  void read(SubjectReading& reading) const;
  void note_back_end();
  void rest();

  TrialResult& trial_;
  const TableSpec& table_;
  const subjects::Subject& subject_;
  const TrialNeeds needs_;
  TrialEnvironment environment_;
  measure::Cgroup agents_;
  std::unique_ptr<ServedSubject> served_;
  std::optional<load::Coordinator> load_;
  std::uint64_t load_closed_ns_ = 0;
  SubjectMemory memory_before_;
  std::optional<measure::QuotaWatch> subject_quota_, load_quota_;
  std::optional<double> mhz_before_;
  std::vector<Slice> slices_;
};

/// The trial of one subject by itself, from start to stop. `trial` keeps what was measured even if this throws.
void run_served_trial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject, TrialNeeds needs,
                      std::span<const journal::Trial> earlier);

}  // namespace bakeoff::experiment
