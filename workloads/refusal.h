// Why a client reads no further on a connection: one code for each reason, which rows and hints are written by.
#pragma once

#include <string_view>

namespace bakeoff::workloads {

namespace refusal {

// Of every protocol.
inline constexpr std::string_view kUnasked = "unasked";        ///< Bytes came, and no reply was due.
inline constexpr std::string_view kReplyTooLong = "too-long";  ///< A reply that is compared has more than 4 MiB.
// HTTP.
inline constexpr std::string_view kNotHttp = "not-http";           ///< Not the beginning of a status line.
inline constexpr std::string_view kOtherVersion = "version";       ///< HTTP, and not HTTP/1.
inline constexpr std::string_view kBadStatus = "bad-status";       ///< A status line without a status.
inline constexpr std::string_view kBadField = "bad-field";         ///< A line of the head that is no field.
inline constexpr std::string_view kBadLength = "bad-length";       ///< Lengths that are no numbers, or that differ.
inline constexpr std::string_view kHeadTooLong = "head-too-long";  ///< More than 64 KiB.
inline constexpr std::string_view kBadChunk = "bad-chunk";         ///< The body is not in chunks as its head says.
inline constexpr std::string_view kSwitched = "switched";          ///< 101: another protocol follows.
inline constexpr std::string_view kInterim = "interim";            ///< Interim replies without an end.
// RESP.
inline constexpr std::string_view kNotResp = "not-resp";  ///< No reply of RESP2.

}  // namespace refusal

/// What was refused.
struct Refusal {
  std::string_view code{};      ///< One of those above; "": nothing.
  std::string_view expected{};  ///< In words.
  std::string_view came{};      ///< The bytes where it happened; they lie where those that were read do.
};

}  // namespace bakeoff::workloads
