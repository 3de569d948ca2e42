// What the requests of a service do: "wait:5ms@70,work:3ms@5,light@25". Each class is a kind, what it takes and its
// share in percent.
//
//   light        answered at once
//   wait:5ms     waits that long for somebody else; wait:exponential:5ms draws each wait, with that mean
//   work:3ms     computes that long on this machine's CPU; turned into rounds once (work_rounds.h)
//   call         asks the back end for one item; call:3 for three, one after the other
//   file         is answered with a file
//   get, set     read and write one of ten thousand keys of a cache; beside each other alone
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::decide {

enum class RequestKind : std::uint8_t { light, wait, work, call, file, get, set };

struct RequestClass {
  RequestKind kind = RequestKind::light;
  double share = 0;          ///< 0 to 1.
  double time_us = 0;        ///< Of wait and work.
  bool exponential = false;  ///< Of wait: a mean.
  std::uint64_t calls = 1;   ///< Of call.
};

using RequestMix = std::vector<RequestClass>;

/// Each class at most once; shares of 100 % in all. Throws input::InputError "PLACE: found ..., expected ...".
RequestMix parse_mix(const std::string& place, std::string_view text);

/// As it would be written.
std::string to_text(const RequestMix& mix);

/// "70 % wait 5 ms, 5 % work 3 ms, 25 % light"
std::string mix_in_words(const RequestMix& mix);

/// nullptr when there is none of the kind.
const RequestClass* class_of(const RequestMix& mix, RequestKind kind);

/// CPU time that the work of a request takes, a mean over all requests.
double work_us_per_request(const RequestMix& mix);

/// The workload that has such requests: "http", or "counter" of get and set.
std::string workload_of(const RequestMix& mix);

/// The request as an experiment has it (harness/experiment/README.md). `rounds_per_ms` is of the work.
std::string request_of(const RequestMix& mix, double rounds_per_ms);

/// The same mix in which the class of that kind has `share`; the others keep their proportions.
RequestMix with_share(RequestMix mix, RequestKind kind, double share);

}  // namespace bakeoff::decide
