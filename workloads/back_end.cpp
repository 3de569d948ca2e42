#include "workloads/back_end.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "workloads/back_end_sessions.h"
#include "workloads/client.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

struct SchemeOfProtocol {
  std::string_view scheme;
  BackEndProtocol protocol;
};
/// By BackEndProtocol.
constexpr std::array kSchemes{SchemeOfProtocol{"http://", BackEndProtocol::http},
                              SchemeOfProtocol{"redis://", BackEndProtocol::redis},
                              SchemeOfProtocol{"postgres://", BackEndProtocol::postgres}};

/// By CallOutcome.
constexpr std::array<std::string_view, kCallOutcomes> kWords{"answered", "refused", "broken", "no value", "late"};

/// Four numbers up to 255. No name would ever be looked up: every call of it would fail.
bool is_ipv4_literal(std::string_view text) {
  constexpr std::ptrdiff_t kDots = 3;
  if (std::ranges::count(text, '.') != kDots) return false;
  for (std::ptrdiff_t i = 0; i <= kDots; ++i) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const auto number = parse_unsigned(text.substr(0, dot));
    if (!number || *number > UINT8_MAX) return false;
    text.remove_prefix(std::min(text.size(), dot + 1));
  }
  return true;
}

}  // namespace

BackEnd parse_back_end(std::string_view url) {
  for (const auto& [scheme, protocol] : kSchemes) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view place = url.substr(scheme.size());
    const std::size_t colon = place.rfind(':');
    if (colon == std::string_view::npos || !is_ipv4_literal(place.substr(0, colon))) break;
    const auto port = parse_unsigned(place.substr(colon + 1));
    if (!port || *port == 0 || *port > UINT16_MAX) break;
    BackEnd back_end;
    back_end.protocol = protocol;
    back_end.address = place.substr(0, colon);
    back_end.port = static_cast<std::uint16_t>(*port);
    return back_end;
  }
  throw std::invalid_argument(
      "found '" + printable(url) +
      "', expected http://ADDRESS:PORT, redis://ADDRESS:PORT or postgres://ADDRESS:PORT, ADDRESS as 127.0.0.1");
}

std::string_view scheme_of(BackEndProtocol protocol) {
  const std::string_view scheme = kSchemes[static_cast<std::size_t>(protocol)].scheme;
  return scheme.substr(0, scheme.find(':'));
}

std::string_view word_of(CallOutcome outcome) {
  return kWords[static_cast<std::size_t>(outcome)];
}

CallOutcome outcome_of(std::string_view result) {
  if (result.starts_with(kAnsweredMark)) return CallOutcome::answered;
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    if (kWords[i] == result) return static_cast<CallOutcome>(i);
  }
  return CallOutcome::broken;
}

std::unique_ptr<BackEndSession> make_back_end_session(BackEndProtocol protocol) {
  switch (protocol) {
    case BackEndProtocol::http:
      return make_http_back_end();
    case BackEndProtocol::redis:
      return make_redis_back_end();
    case BackEndProtocol::postgres:
      break;
  }
  return make_postgres_back_end();
}

}  // namespace bakeoff::workloads
