#include "harness/input/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/uri.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {
namespace {

const std::vector<std::string> kSchemes{"tcp", "http", "redis"};
constexpr std::uint32_t kMostDatabase = 2147483647;  ///< Redis reads an int.
constexpr std::string_view kDigits = "0123456789";

/// What of a URL that cannot be read may be shown. A password with a / that is not encoded reaches beyond what RFC 3986
/// takes for the authority, so that but for http all up to the last "@" is left out.
std::string shown_in_error(std::string_view url) {
  const std::size_t colon = url.find("://");
  const std::size_t begin = colon == std::string_view::npos ? 0 : colon + 3;
  std::string_view secret = url.substr(begin);
  if (url.starts_with("http")) secret = secret.substr(0, secret.find_first_of("/?#"));
  const std::size_t at = secret.rfind('@');
  if (at == std::string_view::npos) return measure::plain_line(url);
  return measure::plain_line(std::string(url.substr(0, begin)) + "***" + std::string(url.substr(begin + at)));
}

/// Whether a user's password ends the authority too early, with a / or ? or # that is not encoded.
bool is_password_cut(std::string_view url) {
  std::string_view rest = url.substr(url.find("://") + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (authority.find('@') != std::string_view::npos || rest.find('@') == std::string_view::npos) return false;
  if (authority.starts_with('[')) return false;
  const std::size_t colon = authority.find(':');
  const bool has_port =
      colon == std::string_view::npos || authority.find_first_not_of(kDigits, colon + 1) == std::string_view::npos;
  return colon == 0 || !has_port || rest.substr(0, rest.find('/')).find('@') != std::string_view::npos;
}

std::uint16_t port_of(const Uri& uri, std::uint16_t otherwise) {
  if (uri.port.empty() && otherwise == 0) throw InputError("found no port, expected tcp://host:port");
  if (uri.port.empty()) return otherwise;
  std::uint16_t port = 0;
  const char* const end = uri.port.data() + uri.port.size();
  if (std::from_chars(uri.port.data(), end, port).ec != std::errc{} || port == 0) {
    throw InputError(fmt::format("found port {}, expected a number from 1 to 65535", measure::in_quotes(uri.port)));
  }
  return port;
}

/// Whether JSON can carry it: a plan travels as JSON.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (measure::take_character(text, at) == measure::kReplacementCharacter) return false;
  }
  return true;
}

/// "[[user]:password@]", as redis-cli and redis-py read it. They differ on what stands there without a colon: it is a
/// user here, whose password has to come from elsewhere.
workloads::Login login_of(const Uri& uri) {
  workloads::Login login;
  if (!uri.userinfo) return login;
  const std::size_t colon = std::min(uri.userinfo->find(':'), uri.userinfo->size());
  login.user = percent_decoded(std::string_view(*uri.userinfo).substr(0, colon));
  if (colon < uri.userinfo->size()) {
    login.password = percent_decoded(std::string_view(*uri.userinfo).substr(colon + 1));
  }
  if (!is_utf8(login.user) || !is_utf8(login.password)) {
    throw InputError("found a user or password that is no UTF-8, expected UTF-8 where it is decoded");
  }
  return login;
}

/// "/2/incr/KEY": a first part that is a number is the database.
void read_redis(const Uri& uri, Target& target) {
  if (!uri.query.empty()) {
    throw InputError(
        "found a query, expected redis://host/DATABASE/incr/KEY (a ? in a key is %3F, and a first part that is a "
        "number "
        "the database)");
  }
  target.workload = "counter";
  target.login = login_of(uri);
  target.has_password = uri.userinfo && uri.userinfo->find(':') != std::string::npos;
  std::string_view path = std::string_view(uri.path).substr(uri.path.empty() ? 0 : 1);
  const std::string_view first = path.substr(0, path.find('/'));
  if (!first.empty() && first.find_first_not_of(kDigits) == std::string_view::npos) {
    std::uint32_t database = 0;
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), database);
    if (error != std::errc{} || database > kMostDatabase) {
      throw InputError(
          fmt::format("found database {}, expected a number up to {}", measure::in_quotes(first), kMostDatabase));
    }
    target.login.database = database;
    path.remove_prefix(std::min(first.size() + 1, path.size()));
  }
  target.request = percent_decoded(path);
  if (!is_utf8(target.request) ||
      std::ranges::any_of(target.request, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    throw InputError("found an encoded control byte in the key, or no UTF-8, expected a key that can be printed");
  }
}

void read_http(const Uri& uri, Target& target) {
  if (uri.userinfo && !uri.userinfo->empty()) {
    throw InputError("user names are not supported; expected -H 'Authorization: ...' beside a URL without one");
  }
  target.workload = "http";
  target.request = (uri.path.empty() ? "/" : uri.path) + uri.query;
  target.host_field = uri.is_ipv6 ? "[" + uri.host + "]" : uri.host;
  if (!uri.port.empty()) target.host_field += ":" + uri.port;
}

void read_tcp(const Uri& uri, Target& target) {
  if (uri.userinfo && !uri.userinfo->empty()) throw InputError("user names are not supported");
  target.workload = "echo";
  if ((!uri.path.empty() && uri.path != "/") || !uri.query.empty()) throw InputError("tcp takes no path");
}

std::string shown_url(const Uri& uri) {
  std::string host = uri.host;
  if (uri.is_ipv6) host = "[" + host + (uri.zone.empty() ? "" : "%25" + uri.zone) + "]";
  const std::string secret = !uri.userinfo ? "" : uri.userinfo->empty() ? "@" : "***@";
  const std::string port = uri.port.empty() ? "" : ":" + uri.port;
  return measure::plain_line(uri.scheme + "://" + secret + host + port + uri.path + uri.query);
}

Target read_target(std::string_view url) {
  if (url.find("://") == std::string_view::npos) {
    throw InputError("expected tcp://host:port, http://host[:port]/target or redis://host[:port]/incr/KEY");
  }
  const std::string scheme = scheme_of(url);
  if (scheme == "https" || scheme == "rediss" || scheme == "tls") {
    throw InputError("TLS is not supported; expected tcp, http or redis");
  }
  if (std::ranges::find(kSchemes, scheme) == kSchemes.end()) {
    throw InputError("scheme " + measure::in_quotes(scheme) + " is none of " + join_names(kSchemes) +
                     did_you_mean(scheme, kSchemes));
  }
  if (scheme == "redis" && is_password_cut(url)) {
    throw InputError("found a password with / ? or #, expected these percent-encoded: %2F %3F %23");
  }
  const Uri uri = parse_uri(url);
  Target target;
  target.host = uri.zone.empty() ? uri.host : uri.host + "%" + uri.zone;
  if (scheme == "http") {
    read_http(uri, target);
    target.port = port_of(uri, 80);
  } else if (scheme == "redis") {
    read_redis(uri, target);
    target.port = port_of(uri, 6379);
  } else {
    read_tcp(uri, target);
    target.port = port_of(uri, 0);
  }
  target.shown = shown_url(uri);
  return target;
}

}  // namespace

Target parse_url(std::string_view url) try { return read_target(url); } catch (const InputError& error) {
  throw InputError("URL " + measure::in_quotes(shown_in_error(url)) + ": " + error.what());
}

}  // namespace bakeoff::input
