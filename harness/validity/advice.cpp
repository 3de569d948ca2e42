// What each reason means to a reader, and what can be done; the names of outcomes.
#include "harness/validity/validity.h"

namespace bakeoff::validity {

std::string_view advice(std::string_view reason) {
  if (reason == reason::kWrongAnswers) {
    return "The subject gave an answer that is not the right one, so nothing it did counts; see its output.";
  }
  if (reason == reason::kReceiptMismatch) {
    return "Client and server do not agree on the number of requests: something else talked to the server, or one side "
           "counts wrongly.";
  }
  if (reason == reason::kNotCounted) {
    return "A unit counted more than one step per cycle, which no loop does: a compiler has replaced it by its result.";
  }
  if (reason == reason::kDidNotWait) {
    return "More replies came than connections that each wait for one can get: the subject did not wait as long as it "
           "was asked to.";
  }
  if (reason == reason::kWrongClock) {
    return "A time that the program reports of itself cannot be true: its clock counts in another unit than the one "
           "that "
           "PROTOCOLS.md asks for (elapsed_ns: nanoseconds; call_wait_us: microseconds).";
  }
  if (reason == reason::kUnseenCpus) {
    return "The runtime saw another number of CPUs than the trial gave it, and made its threads for those; the row's "
           "runtime says how many.";
  }
  if (reason == reason::kLoadFailed) {
    return "A load agent was ended, failed or stopped answering, so there is no load to judge the subject by; the "
           "row says what became of it.";
  }
  if (reason == reason::kPartOfTheWork) {
    return "The system refused some of the units that were asked for: time and CPU are those of a part of the work; "
           "raise the limit that the row names, or ask for fewer.";
  }
  if (reason == reason::kThrottled) {
    return "A CPU quota (of a container or a cgroup) held up the subject or the load, so that time passed in which "
           "neither could run; lift the quota, or compare CPU per request.";
  }
  if (reason == reason::kUnsteady) {
    return "What a request cost did not become steady within the limit of the warm-up; figures of the steady state "
           "would "
           "be a matter of the moment. Those of the cold subject stand.";
  }
  if (reason == reason::kPaused) {
    return "The load generator itself waited for more than 2 % of its connections' time: before it connected again to "
           "a server that refused, or for a port or a descriptor; the row's errors and events say for what.";
  }
  if (reason == reason::kGeneratorBound) {
    return "The load generator was the limit, not the subject; give the load more CPUs, or compare CPU per request.";
  }
  if (reason == reason::kUnderdelivered) {
    return "Less than 99 % of the offered rate was delivered although the subject had CPU left; lower the rate or give "
           "the load more CPUs.";
  }
  if (reason == reason::kNoisy) {
    return "Other programs or the hypervisor took more than 2 % of the subject's CPUs (20 % for CPU figures), or "
           "more than 20 % of the load's, or disturbed more than half of its slices; close them, or repeat on a quiet "
           "machine.";
  }
  if (reason == reason::kReadLate) {
    return "The harness read the subject's CPU time more than 5 % of the window too early or too late: something kept "
           "it from its CPU; close that, or repeat on a quiet machine.";
  }
  if (reason == reason::kLittlesLaw) {
    return "Rate x mean latency differs by more than 10 % from the requests that were outstanding: latencies were "
           "lost, doubled or cut off at 100 s.";
  }
  if (reason == reason::kSlipped) {
    return "Requests went out late by more than 25 % of the latency at this percentile; lower the rate, give the "
           "load more CPUs, or take --spin, which saves the generator's own wake-up.";
  }
  return "";
}

std::string_view outcome_name(journal::Outcome outcome) {
  switch (outcome) {
    case journal::Outcome::ok:
      return "ok";
    case journal::Outcome::errors:
      return "errors";
    case journal::Outcome::overloaded:
      return "overloaded";
    case journal::Outcome::starved:
      return "starved";
    case journal::Outcome::limit:
      return "limit";
    case journal::Outcome::died:
      return "died";
    case journal::Outcome::not_run:
      return "not-run";
  }
  return "";
}

}  // namespace bakeoff::validity
