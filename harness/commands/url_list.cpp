#include "harness/commands/url_list.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"
#include "workloads/http_text.h"

namespace bakeoff::commands {
namespace {

constexpr std::size_t kMostUrls = 10'000;
constexpr double kMostWeight = 1e6;

/// The target of "http://server/target", or the text itself where it is a target; "" where it is neither.
std::string_view target_of(std::string_view text, std::string_view server) {
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with('/')) return text;
  if (text.size() < kScheme.size() || !workloads::equals_in_any_case(text.substr(0, kScheme.size()), kScheme))
    return "";
  text.remove_prefix(kScheme.size());
  if (!text.starts_with(server)) return "";
  text.remove_prefix(server.size());
  if (text.empty()) return "/";
  return text.starts_with('/') ? text : "";
}

}  // namespace

UrlList read_url_list(const std::filesystem::path& file, std::string_view text, std::string_view server) {
  UrlList list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = measure::trimmed(measure::take_line(text));
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](std::string_view found, const std::string& expected) {
      throw UsageError(fmt::format("--urls: {}:{}: found {}, expected {}", file.string(), number,
                                   measure::in_quotes(found), expected));
    };
    std::string_view rest = line;
    double weight = 1;
    if (const std::string_view first = measure::take_word(rest); !measure::trimmed(rest).empty()) {
      weight = measure::parse_number<double>(first).value_or(0);
      // Written so that nan fails it.
      if (!(weight > 0 && weight <= kMostWeight)) {
        refuse(line, "WEIGHT TARGET with a weight above 0 up to 1000000, or a target without spaces");
      }
      list.weighted = true;
    } else {
      rest = first;
    }
    const std::string_view target = target_of(measure::trimmed(rest), server);
    if (target.empty()) refuse(rest, fmt::format("a target like /index.html, or a URL of http://{}", server));
    if (list.urls.size() == kMostUrls) refuse(line, fmt::format("at most {} URLs", kMostUrls));
    list.urls.push_back({std::string(target), weight});
  }
  if (list.urls.empty())
    throw UsageError(fmt::format("--urls: found no URL in {}, expected one a line", file.string()));
  return list;
}

}  // namespace bakeoff::commands
