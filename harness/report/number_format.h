// How figures are written for a reader: three significant digits, with their unit where they have one.
//
// A number and its unit fit together. Times have the units ns, us, ms and s, memory has KiB, MiB, GiB and TiB, and a
// number that reaches a thousand of one is written in the next: 1.01 s and never 1.01k ms. The suffixes k, M, G are for
// what has no larger unit: requests, switches, ratios. A column of a table has one unit for all its numbers
// (column_units.h); a number in a sentence has its own. JSON and CSV keep the values and units of the rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/stats/compare.h"

namespace bakeoff::report {

/// Three significant digits, k, M, G ... from a thousand on: 0.0312, 5.48, 1.20k, 102k. "" for what is not finite.
std::string format_number(double value);

/// "[0.481, 0.540]"
std::string format_interval(const stats::Interval& interval);

/// A unit, and how many of another one make it.
struct FittingUnit {
  std::string name;  ///< "ms/req"
  double size = 1;   ///< 1000, where the other is "us/req".
};

/// The unit in which a number of `unit` is below a thousand: `unit` itself, or the first larger one of its kind. What
/// it is counted per ("/req") stays. `unit` itself where there is no larger one.
FittingUnit fitting_unit(std::string_view unit, double number);

/// Whether the unit is one of several of its kind: "us/req" and "KiB" are, "req/s" and "%" are not.
bool is_scalable(std::string_view unit);

/// A number that stands beside its unit, or below it: as format_number, but without a suffix. From a thousand on, which
/// only the largest units have, it is whole: 1234; from a million on, 1.23e+06.
std::string format_beside_unit(double number);

/// "1.01 s", "5.48 us/req", "252 GiB" in the unit that fits; "1.20k req/s" where there is none; "1.20k" of the unit "".
std::string format_with_unit(double number, std::string_view unit);

/// Microseconds as "0.312 us", "48.0 us", "1.20 ms", "2.50 s". "" for what is not finite.
std::string format_latency(double us);

/// A time asked for or waited: "10 s", "250 ms", "1.5 s".
std::string format_seconds(double seconds);

/// "102k", as format_number, but whole below a thousand: requests and connections are counted.
std::string format_rate(double per_second);

/// 1,020,345
std::string format_count(std::uint64_t count);

/// "1 block", "1020 blocks"
std::string counted(std::uint64_t count, std::string_view noun);

/// "1 request", "1,020 requests"
std::string counted_in_groups(std::uint64_t count, std::string_view noun);

/// A share as per cent: "12.3 %", "0.04 %", "100 %"; "<0.01 %" for what is more than nothing.
std::string format_share(double share);

}  // namespace bakeoff::report
