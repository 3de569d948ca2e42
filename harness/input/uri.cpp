#include "harness/input/uri.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/input/input_error.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {
namespace {

bool is_hex(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

/// "unreserved" and "sub-delims" of RFC 3986: what a host's name may hold beside encoded bytes.
bool is_host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
}

std::string encoded(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  return text;
}

/// The byte at `at` may not stand in any URI as it is.
void check_byte(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) {
    throw InputError(fmt::format("found the control byte 0x{:02x}, expected none", byte));
  }
  if (byte < 0x80) return;
  std::size_t end = at;
  measure::take_character(text, end);
  const std::string_view character = text.substr(at, end - at);
  throw InputError(fmt::format("found {}, which is not ASCII, expected it percent-encoded: {}",
                               measure::in_quotes(character), encoded(character)));
}

void check_percent(std::string_view text, std::size_t at) {
  if (at + 2 < text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2])) return;
  throw InputError(fmt::format("found {}, expected two hexadecimal digits behind the % (%25 is a % itself)",
                               measure::in_quotes(text.substr(at, 3))));
}

/// Checks `text` up to a fragment and returns it without that. `braces`: these hold anything.
std::string_view checked(std::string_view text, bool braces) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    check_byte(text, i);
    if (braces && text[i] == '{') ++depth;
    if (depth != 0) {
      if (text[i] == '}') --depth;
      continue;
    }
    if (text[i] == '#') return text.substr(0, i);
    if (text[i] == ' ') throw InputError("found a space, expected it percent-encoded: %20");
    if (text[i] == '%') check_percent(text, i);
  }
  return text;
}

/// Its error names none of its bytes.
void check_secret(std::string_view userinfo) try { checked(userinfo, false); } catch (const InputError&) {
  throw InputError(
      "found a byte before the @ that no URL holds as it is, expected it percent-encoded (a % is %25, a space %20)");
}

std::string parse_port(std::string_view text) {
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) throw InputError(fmt::format("found port {}, expected a number", measure::in_quotes(text)));
  return std::string(text);
}

/// "[fe80::1%25eth0]:80", from the bracket on. Returns what stands behind it.
std::string_view parse_ip_literal(std::string_view text, Uri& uri) {
  const std::size_t bracket = text.find(']');
  if (bracket == std::string_view::npos) throw InputError("found [ without ], expected an IPv6 address in brackets");
  const std::string_view literal = text.substr(1, bracket - 1);
  const std::size_t percent = std::min(literal.find('%'), literal.size());
  uri.host = literal.substr(0, percent);
  uri.is_ipv6 = true;
  in6_addr address{};
  const bool plain = uri.host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
  if (!plain || ::inet_pton(AF_INET6, uri.host.c_str(), &address) != 1) {
    throw InputError(fmt::format("found {} in brackets, expected an IPv6 address", measure::in_quotes(uri.host)));
  }
  if (percent < literal.size()) {
    const std::string_view zone = literal.substr(percent);
    if (!zone.starts_with("%25") || zone.size() == 3) {
      throw InputError(
          fmt::format("found {} behind the address, expected its zone like %25eth0", measure::in_quotes(zone)));
    }
    uri.zone = percent_decoded(zone.substr(3));
    if (!std::ranges::all_of(uri.zone, is_host_character)) {
      throw InputError(fmt::format("found the zone {}, expected the name of a network interface like eth0",
                                   measure::in_quotes(uri.zone)));
    }
    if (!IN6_IS_ADDR_LINKLOCAL(&address) && !IN6_IS_ADDR_MC_LINKLOCAL(&address)) {
      throw InputError(
          fmt::format("found the zone {} of {}, expected none: only link-local addresses (fe80::) have one",
                      measure::in_quotes(uri.zone), uri.host));
    }
  }
  return text.substr(bracket + 1);
}

/// Of a name or an IPv4 address. Returns what stands behind it.
std::string_view parse_name(std::string_view text, Uri& uri) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (text.find(':', colon + 1) < text.size()) {
    throw InputError(
        fmt::format("found host {}, expected an IPv6 address in brackets like [::1]:80", measure::in_quotes(text)));
  }
  const std::string_view name = text.substr(0, colon);
  if (name.empty()) throw InputError("found no host, expected a name or an address");
  for (std::size_t at = 0; at < name.size();) {
    const std::string_view written = name.substr(at, name[at] == '%' ? 3 : 1);
    const std::string byte = percent_decoded(written);
    // It is resolved and stands in Host: what could not stand there as it is comes in by no other way.
    if (!is_host_character(byte.front())) {
      throw InputError(fmt::format("found {} in the host, expected a name or an address", measure::in_quotes(written)));
    }
    uri.host += byte;
    at += written.size();
  }
  return text.substr(colon);
}

void parse_authority(std::string_view text, Uri& uri) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    uri.userinfo = text.substr(0, at);
    text.remove_prefix(at + 1);
    check_secret(*uri.userinfo);
  }
  // A zone that is written without its %25 has a clearer message than that of a lone %.
  const std::string_view behind = text.starts_with('[') ? parse_ip_literal(text, uri) : text;
  checked(behind, false);
  const std::string_view port = uri.is_ipv6 ? behind : parse_name(behind, uri);
  if (port.empty()) return;
  if (port.front() != ':') throw InputError("found no : behind the address, expected a port or nothing");
  uri.port = parse_port(port.substr(1));
}

}  // namespace

std::string scheme_of(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) throw InputError("found no ://, expected a scheme and :// before the host");
  std::string scheme(text.substr(0, colon));
  std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return scheme;
}

Uri parse_uri(std::string_view text) {
  Uri uri{.scheme = scheme_of(text)};
  text.remove_prefix(uri.scheme.size() + 3);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view authority = text.substr(0, end);
  parse_authority(authority, uri);
  const std::string_view rest = checked(text.substr(end), uri.scheme == "http");
  const std::size_t query = std::min({rest.find('?'), rest.find('{'), rest.size()});
  const bool has_query = query < rest.size() && rest[query] == '?';
  uri.path = has_query ? rest.substr(0, query) : rest;
  if (has_query) uri.query = rest.substr(query);
  return uri;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  const auto digit = [&](std::size_t at) { return std::stoi(std::string(text.substr(at, 1)), nullptr, 16); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
    } else {
      decoded += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    }
  }
  return decoded;
}

}  // namespace bakeoff::input
