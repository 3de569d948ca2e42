// The parts of a URI (RFC 3986), checked byte by byte. Each stays as it is written but where it says otherwise.
//
// In the path and the query of http everything between braces stands for itself: braces are not of URIs, and mark what
// our own targets draw (/id/{k}, /{mix: 3 id, 1 wait fixed:100}).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bakeoff::input {

struct Uri {
  std::string scheme{};                   ///< In lower case.
  std::optional<std::string> userinfo{};  ///< Before the last "@" of the authority.
  std::string host{};                     ///< Decoded. An IPv6 address without its brackets and its zone.
  bool is_ipv6 = false;
  std::string zone{};  ///< Of the IPv6 address (RFC 6874), decoded: "eth0".
  std::string port{};  ///< Digits; "": the scheme's own.
  std::string path{};
  std::string query{};  ///< With its "?"; "" where there is none. What begins with a brace is the path's.
};

/// In lower case. Throws as parse_uri() does.
std::string scheme_of(std::string_view text);

/// Throws InputError that says what was found and what was expected, but not where: the caller knows what of the URI
/// may be shown. A fragment is dropped: it is the client's own and no server is told of it.
Uri parse_uri(std::string_view text);

/// What "%41" stands for. The text has been checked.
std::string percent_decoded(std::string_view text);

}  // namespace bakeoff::input
