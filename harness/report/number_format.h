// How figures are written for a reader: three significant digits, with their unit where they have one.
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
