// Pauses of the subject, told from outside: stretches in which it answered nothing although requests were outstanding.
// A collector that stops the world looks like that, and so does one request that computes and holds up all others. The
// pauses of the load generator itself are pauses.h. Pure.
//
// A thread of the generator notes its silences: stretches of kLeastPauseNs or more without a reply on any of its
// connections, in which it had requests of an open window on the way. One begins at the last reply, or at the request
// that found none on its way, and ends at the next reply; one that no reply ends is told of by the requests that were
// never answered. Time for which the thread itself waited for its CPU is taken off, because the reply may have been
// there. The time between two windows is no part of any.
//
// The subject paused where all threads were silent at once. A thread that had nothing on the way at the time counts as
// one that was answered: that can hide a pause, and never makes one. A silence is a pause, and not a slow request, when
// it is at least kLeastPauseNs long, at least kPauseOverMedian times the median time from sent to answered, and
// kLeastOutstanding requests waited for its end. So many requests, of which each takes its own time, are not all that
// slow at once: of exponential times one silence in 10^12 would be.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::load {

inline constexpr std::uint64_t kLeastPauseNs = 10'000'000;
inline constexpr double kPauseOverMedian = 10;
inline constexpr std::uint64_t kLeastOutstanding = 4;
inline constexpr std::size_t kMostSilences = 1024;  ///< Of a thread in one window; later ones are not noted.

struct Silence {
  std::uint64_t from_ns = 0, to_ns = 0;  ///< On CLOCK_MONOTONIC, which all threads and agents of a machine share.
  std::uint64_t outstanding = 0;         ///< Requests on the way at its end.
  bool operator==(const Silence&) const = default;
};

/// Of one thread, or of several together.
struct Silences {
  std::uint64_t threads = 0;    ///< That have listened. 0: nobody knows, the neutral element of intersect().
  std::vector<Silence> list{};  ///< In the order of time.
};

/// Keeps what both have of the same windows.
void intersect(Silences& whole, const Silences& part);

/// Adds those of a later window.
void append(Silences& whole, const Silences& next);

/// Whether this load ever has so many requests on the way that a pause could be told from a slow request.
bool tells_pauses(const journal::LoadShape& load);

/// `median_us` is that of the time from sent to answered.
journal::SubjectPauses pauses_among(const Silences& silences, double median_us);

}  // namespace bakeoff::load
