#include "harness/input/url.h"

#include <cctype>
#include <charconv>
#include <vector>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {
namespace {

const std::vector<std::string> kSchemes{"tcp", "http", "redis"};

[[noreturn]] void refuse(std::string_view url, const std::string& why) {
  throw InputError("URL " + measure::in_quotes(url) + ": " + why);
}

std::uint16_t parse_port(std::string_view url, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535) {
    refuse(url, "port " + measure::in_quotes(text) + " is no number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

Target parse_url(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) {
    refuse(url, "expected tcp://host:port, http://host[:port]/target or redis://host[:port]/incr/KEY");
  }
  std::string scheme(url.substr(0, colon));
  for (char& c : scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));  // RFC 3986, 3.1.
  std::string_view rest = url.substr(colon + 3);
  Target target;
  unsigned default_port = 0;
  if (scheme == "tcp") {
    target.workload = "echo";
  } else if (scheme == "http") {
    target.workload = "http";
    default_port = 80;
  } else if (scheme == "redis") {
    target.workload = "counter";
    default_port = 6379;
  } else if (scheme == "https" || scheme == "rediss" || scheme == "tls") {
    refuse(url, "TLS is not supported; expected tcp, http or redis");
  } else {
    refuse(url, "scheme " + measure::in_quotes(scheme) + " is none of " + join_names(kSchemes) +
                    did_you_mean(scheme, kSchemes));
  }

  const auto slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  if (authority.find('@') != std::string_view::npos) refuse(url, "user names are not supported");
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) refuse(url, "the bracket of the address is not closed");
    host = authority.substr(1, bracket - 1);
    const std::string_view behind = authority.substr(bracket + 1);
    if (!behind.empty() && behind.front() != ':') refuse(url, "expected a port behind the address");
    has_port = !behind.empty();
    if (has_port) port = behind.substr(1);
  } else if (const auto at = authority.rfind(':'); at != std::string_view::npos) {
    host = authority.substr(0, at);
    port = authority.substr(at + 1);
    has_port = true;
  }
  if (host.empty()) refuse(url, "no host");
  if (!has_port && default_port == 0) refuse(url, "no port; expected tcp://host:port");
  target.host = host;
  target.port = has_port ? parse_port(url, port) : static_cast<std::uint16_t>(default_port);
  target.host_field = authority;

  if (target.workload == "http") {
    target.request = path.empty() ? "/" : std::string(path);
  } else if (target.workload == "counter") {
    target.request = path.empty() ? "" : std::string(path.substr(1));
  } else if (!path.empty() && path != "/") {
    refuse(url, "tcp takes no path");
  }
  return target;
}

}  // namespace bakeoff::input
