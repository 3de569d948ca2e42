#include "harness/stats/change.h"

namespace bakeoff::stats {

std::string_view change_name(ChangeVerdict verdict) {
  switch (verdict) {
    case ChangeVerdict::better:
      return "better";
    case ChangeVerdict::worse:
      return "worse";
    case ChangeVerdict::same:
      return "same";
    case ChangeVerdict::cannot_tell:
      return "cannot tell";
  }
  return "";
}

Change change_between(const Ratio& before, const Ratio& after, double margin, bool more_is_better) {
  Change change{.median = after.median / before.median,
                .interval = std::nullopt,
                .verdict = ChangeVerdict::cannot_tell,
                .worse_by = 0};
  change.worse_by = (more_is_better ? 1 / change.median : change.median) - 1;
  if (!before.interval || !after.interval) return change;
  change.interval = Interval{after.interval->low / before.interval->high, after.interval->high / before.interval->low};
  change.worse = more_is_better ? Interval{1 / change.interval->high, 1 / change.interval->low} : *change.interval;
  // Measured as a factor both ways, so that to swap the runs is to swap the words.
  const double band = 1 + kSameMargins * margin;
  if (change.interval->low > 1 + margin) {
    change.verdict = more_is_better ? ChangeVerdict::better : ChangeVerdict::worse;
  } else if (change.interval->high < 1 / (1 + margin)) {
    change.verdict = more_is_better ? ChangeVerdict::worse : ChangeVerdict::better;
  } else if (change.interval->low >= 1 / band && change.interval->high <= band) {
    change.verdict = ChangeVerdict::same;
  }
  return change;
}

}  // namespace bakeoff::stats
