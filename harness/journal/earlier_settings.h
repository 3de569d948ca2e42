// What models did before they had a setting for it, so that an earlier row or build is never taken for what the same
// name means today.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"

namespace bakeoff::journal {

struct EarlierSetting {
  std::string_view model, setting;
  std::string_view earlier;  ///< Its value in rows of schema 1, and in builds that do not have the setting.
  std::string_view today;    ///< Its default since.
};
std::span<const EarlierSetting> earlier_settings();

/// "event-loops:units=8" of schema 1 -> "event-loops:reactor=epoll:units=8"; any other subject as it is. A name with
/// the suffix of another build keeps it. Pure.
std::string subject_of_schema_1(std::string_view subject);

/// Gives what was recorded with schema 1 the names of today. Both do nothing for later schemas. A trial_id stays: the
/// histograms are keyed by it.
void use_names_of_today(Trial& row);
void use_names_of_today(Manifest& manifest);

}  // namespace bakeoff::journal
