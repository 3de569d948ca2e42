// The JSON that bakeoff-subject prints, and what the lines of a job and of a probe have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "workloads/jobs/figure.h"
#include "workloads/settings.h"

namespace bakeoff::models::subject {

using Json = nlohmann::ordered_json;  // In the order in which the fields were written.

/// Every setting with its value, the figures in their order, and the limit where there is one.
inline void add_measurements(Json& line, const workloads::Settings& settings,
                             std::span<const workloads::jobs::NamedFigure> figures, const std::string& limit) {
  line["settings"] = Json::object();
  for (const auto& [name, value] : settings.all()) line["settings"][name] = value;
  line["figures"] = Json::object();
  for (const auto& [name, value] : figures) line["figures"][name] = value;
  if (!limit.empty()) line["limit"] = limit;
}

}  // namespace bakeoff::models::subject
