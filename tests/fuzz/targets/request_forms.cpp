// What a user wants requests to say (`bakeoff load -H, --method, --body`) and whom to ask for (`--urls`): nothing that
// is accepted makes another number of requests of them.
#include <stdexcept>

#include "harness/commands/commands.h"
#include "harness/commands/url_list.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"
#include "tests/workloads/conversation.h"

namespace bakeoff::fuzz::targets {
namespace {

constexpr std::uint64_t kFormsAsked = 3;

std::string_view take_until(std::string_view& text, char end) {
  const std::size_t size = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, size);
  text.remove_prefix(std::min(text.size(), size + 1));
  return part;
}

/// The server may refuse a request and close, but never sees more of them than were made.
void require_as_many_requests(const workloads::ClientSettings& settings) {
  const auto client =
      read_or_refuse<std::invalid_argument>([&] { return workloads::find_workload("http")->make_client(settings); });
  if (!client) return;
  const auto service = workloads::make_service("http");
  bool closed = false;
  {
    workloads::Conversation server(*service, workloads::kThreeFiles,
                                   [](const workloads::Work& work) { return work.seed; });
    std::string requests;
    for (std::uint64_t i = 0; i < kFormsAsked; ++i) (*client)->next_request(requests);
    server.say(requests);
    closed = server.closed();
  }
  const std::uint64_t seen = service->receipt().requests;
  require(closed ? seen <= kFormsAsked : seen == kFormsAsked, "a server sees as many requests as are made");
}

}  // namespace

/// The method, fields and the target, each up to a NUL; without fields the target comes first. The rest is the body.
void request_form(std::string_view input) {
  workloads::ClientSettings settings{.seed = 3};
  settings.form.method = take_until(input, '\0');
  for (std::string_view part = take_until(input, '\0'); !part.empty(); part = take_until(input, '\0')) {
    settings.form.fields.emplace_back(part);
  }
  settings.request = take_until(input, '\0');
  settings.form.body = input;
  require_as_many_requests(settings);
}

void url_list(std::string_view input) {
  const PeakMemory memory;
  const auto list = read_or_refuse<commands::UsageError>(
      [&] { return commands::read_url_list("urls.txt", input, "127.0.0.1:8080"); });
  if (list) {
    require(!list->urls.empty(), "a list has a target");
    for (const workloads::WeightedTarget& url : list->urls) {
      require(url.weight > 0 && url.target.starts_with('/'), "a target has a weight, and begins with a slash");
    }
    // Each line is a kind of its own, with what it learns.
    constexpr std::size_t kMostTried = 20;
    if (list->urls.size() <= kMostTried) require_as_many_requests({.seed = 3, .urls = list->urls});
  }
  memory.require_at_most(4UL << 20, 8192, input.size());
}

}  // namespace bakeoff::fuzz::targets
