// What a reader of a table should know about how sure it is: how precise its ratios are, what more precision would
// take, and which difference it could have seen at all. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/leading_ratios.h"

namespace bakeoff::report {

/// "the ratios are known to ±4.1 % (prefork the least); ±2.0 % would take about 30 blocks, 22 more". The second half
/// only where a precision was wanted and is not reached; nothing without intervals.
std::vector<std::string> precision_notes(const std::vector<LeadingRatio>& ratios, std::optional<double> wanted);

/// The smallest true difference of the leading figure that so many blocks with this spread tell apart nine times of
/// ten, as a share. nullopt where there are no intervals.
std::optional<double> detectable_difference(const std::vector<LeadingRatio>& ratios, std::size_t blocks);

/// One line for the foot of a report: the visible difference of every table that has one; "" without any.
std::string detectable_line(std::span<const Table> tables);

}  // namespace bakeoff::report
