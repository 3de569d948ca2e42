// What people write on a command line or as a value: URLs, times, rates, shares, shapes, requests.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/experiment/queue_jobs.h"
#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/input/url.h"
#include "harness/load/sessions.h"
#include "harness/load/slo.h"
#include "harness/load/thinking.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"
#include "workloads/back_end.h"
#include "workloads/catalogue.h"
#include "workloads/file_set.h"

namespace bakeoff::fuzz::targets {
namespace {

using input::InputError;

/// Every byte percent-encoded, so that none can be taken for part of the syntax.
std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    out.append({'%', kHex[code >> 4], kHex[code & 15]});
  }
  return out;
}

/// A URL that says all of what was read.
std::string as_url(const input::Target& target) {
  std::string host = target.host;
  if (const std::size_t zone = host.find('%'); zone != std::string::npos) host.insert(zone + 1, "25");
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  host += ":" + std::to_string(target.port);
  if (target.workload == "echo") return "tcp://" + host;
  if (target.workload == "http") return "http://" + host + target.request;
  const std::string password = target.has_password ? ":" + encoded(target.login.password) : "";
  const bool logs_in = target.has_password || !target.login.user.empty();
  const std::string user = logs_in ? encoded(target.login.user) + password + "@" : "";
  const std::string database = target.login.database ? std::to_string(*target.login.database) + "/" : "";
  return "redis://" + user + host + "/" + database + encoded(target.request);
}

bool is_between(double number, double least, double most) {
  return number >= least && number <= most;
}

}  // namespace

void url(std::string_view input) {
  const auto target = read_or_refuse<InputError>([&] { return input::parse_url(input); });
  if (target) {
    require(!target->host.empty() && target->port != 0, "a URL has a host and a port");
    require(workloads::find_workload(target->workload) != nullptr, "a URL names a workload");
    require_round_trip(
        as_url(*target), [](const std::string& text) { return input::parse_url(text); },
        [](const input::Target& again) { return as_url(again); });
    require(input::parse_url(target->shown).shown == target->shown, "what is shown of a URL is one, without a secret");
  }
  const auto back_end = read_or_refuse<std::invalid_argument>([&] { return workloads::parse_back_end(input); });
  if (back_end) require(!back_end->address.empty() && back_end->port != 0, "a back end has an address and a port");
}

void quantities(std::string_view input) {
  const std::string text(input);
  constexpr double kDay = 86400;
  for (const bool may_be_none : {false, true}) {
    const auto time = read_or_refuse<InputError>([&] { return input::parse_duration_s("--x", text, may_be_none); });
    if (time) require(is_between(*time, may_be_none ? 0 : 0.001, kDay), "a time is at most a day");
  }
  const auto share = read_or_refuse<InputError>([&] { return input::parse_share("--x", text); });
  if (share) require(*share > 0 && *share <= 1, "a share is at most 100 %");
  const auto rates = read_or_refuse<InputError>([&] { return input::parse_rates("--x", text); });
  if (rates) {
    require(is_between(rates->from_rps, 0.1, 2e6), "a rate has an end");
    require(rates->to_rps == 0 || is_between(rates->to_rps, 0.1, 2e6), "a rate has an end");
  }
  const auto whole = read_or_refuse<InputError>([&] { return input::parse_whole("--x", text, 3, 1000); });
  if (whole) require(*whole >= 3 && *whole <= 1000, "a number is in its range");
  const auto slo = read_or_refuse<InputError>([&] { return load::parse_slo(text); });
  if (slo) {
    require(std::isfinite(slo->limit_us) && slo->limit_us > 0, "an objective has a limit");
    require_one_line(load::to_text(*slo));
  }
  constexpr std::uint64_t kSeed = 3;
  const auto thought = read_or_refuse<std::invalid_argument>([&] {
    load::Thinking users(text, kSeed, 0, 2);
    users.resume(0);
    return users.next_ns();
  });
  (void)thought;
  const auto length = read_or_refuse<std::invalid_argument>([&] { return load::SessionLength(text); });
  if (length) {
    require(is_between(length->mean(), 1, 100'000), "a session has some requests");
    require(length->requests(kSeed, 0) >= 1, "a session has some requests");
  }
}

void requests(std::string_view input) {
  SessionInput session(input);
  const auto workloads = workloads::workload_entries();
  const std::size_t variant = session.variant(workloads.size() + 1);
  const std::string text(session.bytes());
  const PeakMemory memory;
  if (variant == workloads.size()) {
    read_or_refuse<std::invalid_argument>([&] {
      experiment::check_queued_work(text);
      return true;
    });
    return;
  }
  const workloads::WorkloadEntry& entry = workloads[variant];
  const workloads::ClientSettings settings{.seed = 3, .request = text};
  const auto client = read_or_refuse<std::invalid_argument>([&] { return entry.make_client(settings); });
  const auto verifier = read_or_refuse<std::invalid_argument>([&] { return entry.make_verifier(settings); });
  if (!client) return;
  require(verifier.has_value(), "a verifier knows what a load may ask");
  if (entry.files_asked != nullptr) require(entry.files_asked(text) <= workloads::kMostFiles, "a set has an end");
  if (entry.calls_back_end != nullptr) entry.calls_back_end(text);
  constexpr int kRequests = 20;
  std::string made;
  for (int i = 0; i < kRequests; ++i) require((*client)->next_request(made), "a load asks for ever");
  constexpr int kMostVerified = 10'000;
  int verified = 0;
  while ((*verifier)->next_request(made)) require(++verified < kMostVerified, "a verifier ends");
  require(verified > 0, "a verifier asks something");
  memory.require_at_most(16UL << 20, 1024, text.size());
}

}  // namespace bakeoff::fuzz::targets
