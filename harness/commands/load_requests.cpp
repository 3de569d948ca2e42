#include "harness/commands/load_requests.h"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "harness/commands/check_names.h"
#include "harness/commands/url_list.h"
#include "harness/measure/text_file.h"
#include "harness/report/number_format.h"
#include "workloads/http_form.h"

namespace bakeoff::commands {
namespace {

constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;

/// Read once, before the load: a file that changes meanwhile changes nothing.
std::string read_named(const char* option, const std::filesystem::path& file) {
  auto text = measure::read_text(file);
  if (!text) {
    throw UsageError(
        fmt::format("{}: cannot read {}: {}", option, file.string(), std::generic_category().message(errno)));
  }
  if (text->empty())
    throw UsageError(fmt::format("{}: found {} empty, expected something in it", option, file.string()));
  if (text->size() > kMostBytes) {
    throw UsageError(
        fmt::format("{}: found {} bytes in {}, expected at most 16 MiB", option, text->size(), file.string()));
  }
  return std::move(*text);
}

std::string body_of(const std::string& body) {
  return body.starts_with('@') ? read_named("--body", body.substr(1)) : body;
}

void check_part(std::string_view option, const workloads::HttpForm& form) try {
  workloads::check_form(form);
} catch (const std::invalid_argument& error) {
  throw UsageError(fmt::format("{}: {}", option, error.what()));
}

bool asks_more_than_a_url(const LoadOptions& options) {
  return !options.fields.empty() || !options.method.empty() || !options.body.empty() || !options.urls.empty();
}

}  // namespace

void plan_requests(const LoadOptions& options, load::AgentPlan& plan) {
  if (options.urls_in_order && options.urls.empty()) {
    throw UsageError("--urls-in-order: found no --urls, expected it beside");
  }
  if (plan.workload != "http") {
    if (asks_more_than_a_url(options)) {
      throw UsageError(fmt::format("--header, --method, --body, --urls: found {}, expected a URL of http",
                                   input::parse_url(options.url).shown));
    }
    return;
  }
  plan.form.body = body_of(options.body);
  plan.form.fields = options.fields;
  if (!options.method.empty()) {
    plan.form.method = options.method;
  } else if (!plan.form.body.empty()) {
    plan.form.method = "POST";
  }
  if (plan.form.method == "GET" && !plan.form.body.empty()) {
    tell_user("a body with GET is sent as it is; servers may ignore it, or refuse it (RFC 9110, 9.3.1)");
  }
  check_part("--method", {.method = plan.form.method});
  check_part("--header", plan.form);
  if (options.urls.empty()) return;
  if (plan.load.request != "/") {
    throw UsageError(fmt::format("--urls: found the target {} in the URL too, expected http://{}", plan.load.request,
                                 plan.host_field));
  }
  UrlList list = read_url_list(options.urls, read_named("--urls", options.urls), plan.host_field);
  if (list.weighted && options.urls_in_order) {
    throw UsageError("--urls-in-order: found weights in the list, which are for drawing, expected none");
  }
  plan.urls = std::move(list.urls);
  plan.urls_in_order = options.urls_in_order;
}

std::string requests_in_words(const load::AgentPlan& plan) {
  std::string text = plan.form.method == "GET" ? "" : plan.form.method + " ";
  text += plan.urls.empty() ? plan.load.request : report::counted_in_groups(plan.urls.size(), "URL");
  if (!plan.urls.empty() && plan.urls_in_order) text += " in their order";
  if (!plan.form.fields.empty()) text += ", " + report::counted_in_groups(plan.form.fields.size(), "field");
  if (!plan.form.body.empty()) {
    text += ", a body of " + report::counted_in_groups(plan.form.body.size(), "byte");
  }
  return text;
}

}  // namespace bakeoff::commands
