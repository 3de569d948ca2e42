#include "harness/experiment/sliced_block.h"

#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "harness/experiment/served_trial.h"
#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

/// One subject of the block.
struct Member {
  TrialResult trial;
  const subjects::Subject* subject = nullptr;
  std::unique_ptr<ServedTrial> served{};
  bool measuring = false;  ///< It has more slices to come.
  bool lost = false;       ///< A stage ended in an error that was not the load's: its server is not stopped as usual.
};

class SlicedBlock {
 public:
  SlicedBlock(std::vector<journal::Trial> planned, const TableSpec& table, std::span<const SliceShape> rounds,
              const TrialContext& context)
      : planned_(std::move(planned)), table_(table), rounds_(rounds), context_(context) {}

  std::vector<TrialResult> run() {
    for (const journal::Trial& row : planned_) {
      if (!begin(row)) return one_by_one();
    }
    for (std::uint64_t round = 0; round < rounds_.size(); ++round) {
      std::uint64_t place = 0;
      for (const std::size_t index : round_order(planned_, round)) {
        Member& member = members_[index];
        if (member.measuring) measure_slice(member, round, place);
        ++place;
      }
    }
    std::vector<journal::Trial*> rows;
    for (Member& member : members_) rows.push_back(&member.trial.row);
    leave_out_disturbed(rows);
    for (Member& member : members_) {
      const bool load_stands = member.served && !member.lost && member.trial.row.outcome == journal::Outcome::ok;
      if (load_stands) try_stage(member, [&] { member.served->end_slices(); });
    }
    // All of them rest at the same time, where they are to rest.
    for (Member& member : members_) {
      if (member.served && !member.lost) try_stage(member, [&] { member.served->close_load(); });
    }
    std::vector<TrialResult> results;
    for (Member& member : members_) results.push_back(end(member));
    return results;
  }

 private:
  /// False when the subject met a limit that it might not meet by itself.
  bool begin(const journal::Trial& planned) {
    Member& member = members_.emplace_back();
    member.trial.row = planned;
    member.subject = begin_trial(member.trial.row, table_, context_);
    if (member.trial.row.outcome != journal::Outcome::ok) return true;
    member.measuring = try_stage(member, [&] {
      member.served = std::make_unique<ServedTrial>(member.trial, table_, *member.subject,
                                                    needs_of(table_, member.trial.row, context_));
      member.served->start(context_.earlier);
      member.served->begin_slices();
    });
    return member.trial.row.outcome != journal::Outcome::limit;
  }

  void measure_slice(Member& member, std::uint64_t round, std::uint64_t place) {
    bool answers = false;
    const SliceShape& shape = rounds_[round];
    const auto stage = [&] { answers = member.served->measure_slice(round, place, shape.cold_s, shape.length_s); };
    member.measuring = try_stage(member, stage) && answers;
  }

  TrialResult end(Member& member) {
    if (member.served && !member.lost) try_stage(member, [&] { member.served->stop(); });
    member.served.reset();
    end_trial(member.trial);
    return std::move(member.trial);
  }

  /// Runs a stage of one subject's trial. False when it has failed, and its row says how.
  bool try_stage(Member& member, const std::function<void()>& stage) {
    member.lost = true;  // Until the stage has come to its end.
    // A load error leaves the server standing, and is noted in the row. A subject's error is explained and passed on.
    return run_stage(member.trial, [&] {
      try {
        try {
          stage();
        } catch (const load::LoadError& error) {
          member.served->note_load_error(error);
        }
        member.lost = false;
      } catch (const subjects::SubjectError& error) {
        if (!member.served) throw;
        throw member.served->explain(error);
      }
    });
  }

  std::vector<TrialResult> one_by_one() {
    members_.clear();
    std::vector<TrialResult> results;
    bool alone_too = false;
    for (const journal::Trial& row : planned_) {
      results.push_back(run_trial(row, table_, context_));
      alone_too = alone_too || results.back().row.outcome == journal::Outcome::limit;
    }
    for (TrialResult& result : results) {
      result.row.one_by_one = alone_too ? "a subject meets a limit" : kDoNotFit;
    }
    return results;
  }

  std::vector<journal::Trial> planned_;
  const TableSpec& table_;
  const std::span<const SliceShape> rounds_;  ///< What the slices of each round are like.
  const TrialContext& context_;
  std::deque<Member> members_{};  // Their trials do not move.
};

}  // namespace

std::vector<TrialResult> run_sliced_block(std::vector<journal::Trial> planned, const TableSpec& table,
                                          std::span<const SliceShape> rounds, const TrialContext& context) {
  return SlicedBlock(std::move(planned), table, rounds, context).run();
}

}  // namespace bakeoff::experiment
