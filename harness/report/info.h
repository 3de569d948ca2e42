// What a report takes from the manifest of a result folder.
#pragma once

#include "harness/journal/manifest.h"
#include "harness/report/table.h"

namespace bakeoff {

/// Names, orders and the foot: machine, build, seed, and what could not be read or set.
ReportInfo report_info(const Manifest& manifest);

}  // namespace bakeoff
